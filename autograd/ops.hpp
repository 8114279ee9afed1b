#pragma once

// All operations on tensors.
#include <xgrad/autograd/activations.hpp>
#include <xgrad/autograd/attention.hpp>
#include <xgrad/autograd/convolution.hpp>
#include <xgrad/autograd/creation.hpp>
#include <xgrad/autograd/decompositions.hpp>
#include <xgrad/autograd/dropout.hpp>
#include <xgrad/autograd/einsum.hpp>
#include <xgrad/autograd/embedding.hpp>
#include <xgrad/autograd/functions.hpp>
#include <xgrad/autograd/in_place.hpp>
#include <xgrad/autograd/indexing.hpp>
#include <xgrad/autograd/interpolation.hpp>
#include <xgrad/autograd/linalg.hpp>
#include <xgrad/autograd/logic.hpp>
#include <xgrad/autograd/losses.hpp>
#include <xgrad/autograd/math.hpp>
#include <xgrad/autograd/matrices.hpp>
#include <xgrad/autograd/normalization.hpp>
#include <xgrad/autograd/padding.hpp>
#include <xgrad/autograd/pooling.hpp>
#include <xgrad/autograd/reductions.hpp>
#include <xgrad/autograd/scans.hpp>
#include <xgrad/autograd/shaping.hpp>
#include <xgrad/autograd/softmax.hpp>
#include <xgrad/autograd/sorting.hpp>
