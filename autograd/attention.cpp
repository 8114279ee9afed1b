#include <xgrad/autograd/attention.hpp>
