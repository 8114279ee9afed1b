#include <xgrad/autograd/decompositions.hpp>
