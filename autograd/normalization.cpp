#include <xgrad/autograd/normalization.hpp>
