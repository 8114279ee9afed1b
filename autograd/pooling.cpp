#include <xgrad/autograd/pooling.hpp>
