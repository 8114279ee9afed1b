#include <xgrad/autograd/in_place.hpp>
