#include <xgrad/autograd/einsum.hpp>
