// The main program of every test executable: Boost makes it here, once.
#define BOOST_TEST_MODULE xgrad
#include <boost/test/unit_test.hpp>
