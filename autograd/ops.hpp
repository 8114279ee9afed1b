#pragma once

// All operations on tensors.
#include <xgrad/autograd/creation.hpp>
#include <xgrad/autograd/linalg.hpp>
#include <xgrad/autograd/losses.hpp>
#include <xgrad/autograd/math.hpp>
#include <xgrad/autograd/reductions.hpp>
#include <xgrad/autograd/shaping.hpp>
