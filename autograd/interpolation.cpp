#include <xgrad/autograd/interpolation.hpp>
