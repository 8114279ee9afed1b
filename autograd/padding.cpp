#include <xgrad/autograd/padding.hpp>
