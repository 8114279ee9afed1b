#include <xgrad/autograd/embedding.hpp>
