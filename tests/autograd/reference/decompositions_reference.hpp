// Written by decompositions_reference.py with NumPy 2.4.6.
#pragma once

#include <xgrad/autograd/ops.hpp>

// clang-format off
namespace reference {

inline const xg::Tensor a = xg::tensor({{2.0, -1.0, 0.5}, {0.25, 3.0, -2.0}, {1.5, 0.75, -4.0}}, {.dtype = xg::float64});
inline const xg::Tensor symmetric = xg::tensor({{6.25, -3.5, 0.25}, {-3.5, 14.0625, 10.625}, {0.25, 10.625, 19.8125}}, {.dtype = xg::float64});
inline const xg::Tensor tall = xg::tensor({{1.0, 2.0}, {0.5, -1.5}, {-2.0, 0.25}, {3.0, 1.0}}, {.dtype = xg::float64});
inline const xg::Tensor b = xg::tensor({{1.0, -2.0}, {0.5, 3.0}, {2.0, 0.25}}, {.dtype = xg::float64});
inline const xg::Tensor c = xg::tensor({{1.0}, {-2.0}, {0.5}, {4.0}}, {.dtype = xg::float64});
inline const xg::Tensor solve = xg::tensor({{0.534711964549483, -0.4844903988183161}, {-0.08862629246676516, 1.0029542097488922}, {-0.31610044313146235, -0.056129985228951275}}, {.dtype = xg::float64});
inline const xg::Tensor inv = xg::tensor({{0.49630723781388475, 0.17134416543574593, -0.023633677991137372}, {0.09453471196454948, 0.413589364844904, -0.19497784342688332}, {0.2038404726735598, 0.14180206794682423, -0.29542097488921715}}, {.dtype = xg::float64});
inline const xg::Tensor det = xg::tensor(-21.15625, {.dtype = xg::float64});
inline const xg::Tensor sign = xg::tensor(-1.0, {.dtype = xg::float64});
inline const xg::Tensor logabsdet = xg::tensor(3.0519353701125485, {.dtype = xg::float64});
inline const xg::Tensor cholesky = xg::tensor({{2.5, 0.0, 0.0}, {-1.4000000000000001, 3.478864757359791, 0.0}, {0.1, 3.094400257217778, 3.197997349612809}}, {.dtype = xg::float64});
inline const xg::Tensor q = xg::tensor({{-0.2649064714130087, 0.6905696517215391}, {-0.13245323570650439, -0.6487169455565971}, {0.5298129428260175, 0.3086637079664455}, {-0.7947194142390263, 0.0837054123298835}}, {.dtype = xg::float64});
inline const xg::Tensor r = xg::tensor({{-3.774917217635375, -0.9933992677987828}, {0.0, 2.515086061099469}}, {.dtype = xg::float64});
inline const xg::Tensor eigenvalues = xg::tensor({3.0828529834108465, 8.924368287663583, 28.117778728925572}, {.dtype = xg::float64});
inline const xg::Tensor singular_values = xg::tensor({3.98616981226145, 2.3817955890074867}, {.dtype = xg::float64});
inline const xg::Tensor pinv = xg::tensor({{-0.0020800832033281585, 0.10296411856474255, -0.17264690587623505, 0.20176807072282887}, {0.2745709828393136, -0.2579303172126884, 0.12272490899635988, 0.03328133125325011}}, {.dtype = xg::float64});
inline const xg::Tensor lstsq = xg::tensor({{0.512740509620385}, {0.9849193967758707}}, {.dtype = xg::float64});
inline const xg::Tensor residuals = xg::tensor({6.622464898595944}, {.dtype = xg::float64});
inline const xg::Tensor power = xg::tensor({{0.13454297098180484, 0.10183980479884197, -0.02456303174888402}, {0.03290169095504992, 0.07035583854087284, -0.024746602706969708}, {0.04303418906286874, 0.038460797092493844, -0.02755307264089412}}, {.dtype = xg::float64});
inline const xg::Tensor kron = xg::tensor({{1.0, 2.0, -2.0, -4.0}, {0.5, -1.5, -1.0, 3.0}, {-2.0, 0.25, 4.0, -0.5}, {3.0, 1.0, -6.0, -2.0}, {0.5, 1.0, 3.0, 6.0}, {0.25, -0.75, 1.5, -4.5}, {-1.0, 0.125, -6.0, 0.75}, {1.5, 0.5, 9.0, 3.0}, {2.0, 4.0, 0.25, 0.5}, {1.0, -3.0, 0.125, -0.375}, {-4.0, 0.5, -0.5, 0.0625}, {6.0, 2.0, 0.75, 0.25}}, {.dtype = xg::float64});
inline const xg::Tensor cross = xg::tensor({{1.5, 2.625, -0.75}, {60.0, 4.34375, 14.015625}, {57.359375, -30.71875, 15.75}}, {.dtype = xg::float64});

}  // namespace reference
