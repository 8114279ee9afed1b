#include <xgrad/autograd/indexing.hpp>
