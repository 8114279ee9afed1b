#include <xgrad/autograd/sorting.hpp>
