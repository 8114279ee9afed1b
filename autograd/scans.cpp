#include <xgrad/autograd/scans.hpp>
