#include <xgrad/autograd/convolution.hpp>
