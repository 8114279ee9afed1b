#include <xgrad/autograd/dropout.hpp>
