#include <xgrad/autograd/functions.hpp>
