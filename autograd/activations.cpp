#include <xgrad/autograd/activations.hpp>
