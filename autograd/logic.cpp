#include <xgrad/autograd/logic.hpp>
