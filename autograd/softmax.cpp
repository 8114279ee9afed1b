#include <xgrad/autograd/softmax.hpp>
