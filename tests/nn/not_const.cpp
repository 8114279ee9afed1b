// Does not compile, and says why in words: see CMakeLists.txt.
#include <xgrad/nn/module.hpp>

class Counting : public xg::nn::Layer<Counting> {
    int calls_ = 0;

public:
    xg::Tensor forward(const xg::Tensor& x) {
        ++calls_;
        return x;
    }
};

xg::Tensor call(const xg::Tensor& x) {
#ifdef AS_MODULE
    return xg::nn::Module(Counting())(x);
#else
    return Counting()(x);
#endif
}
