#include <xgrad/autograd/matrices.hpp>
