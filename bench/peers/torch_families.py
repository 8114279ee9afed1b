"""The operations of the families in eager PyTorch, a line each: the same as in families.cpp.

It answers cases as cases.hpp does, with the same numbers and the same protocol.
"""

import json
import math
import re
import statistics
import sys

import numpy
import torch
from torch.nn import functional

import common

OPERATIONS = {
    "add": lambda a, b: a + b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "mul_number": lambda a: a * 1.5,
    "maximum": torch.maximum,
    "where": torch.where,
    "greater": lambda a, b: a > b,
    "exp": torch.exp,
    "log": torch.log,
    "sqrt": torch.sqrt,
    "square": torch.square,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "relu": torch.relu,
    "gelu": functional.gelu,
    "silu": functional.silu,
    "softplus": functional.softplus,
    "erf": torch.erf,
    "sin": torch.sin,
    "pow": lambda a: torch.pow(a, 2.5),
    "transposed_copy": lambda a: a.t().contiguous(),
    "concat": lambda a, b: torch.cat([a, b], 1),
    "sum": torch.sum,
    "sum_0": lambda a: torch.sum(a, 0),
    "sum_1": lambda a: torch.sum(a, 1),
    "mean_1": lambda a: torch.mean(a, 1),
    "max": torch.max,
    "max_1": lambda a: torch.amax(a, 1),
    "var_0": lambda a: torch.var(a, 0),
    "var_1": lambda a: torch.var(a, 1),
    "logsumexp": lambda a: torch.logsumexp(a, 1),
    "argmax": lambda a: torch.argmax(a, 1),
    "cumsum": lambda a: torch.cumsum(a, 1),
    "softmax_0": lambda a: torch.softmax(a, 0),
    "softmax_1": lambda a: torch.softmax(a, 1),
    "log_softmax": lambda a: torch.log_softmax(a, 1),
    "cross_entropy": functional.cross_entropy,
    "layer_norm": lambda a, w, b: functional.layer_norm(a, a.shape[-1:], w, b),
    "index_select_0": lambda a, i: torch.index_select(a, 0, i),
    "index_select_1": lambda a, i: torch.index_select(a, 1, i),
    "gather": lambda a, i: torch.gather(a, 1, i),
    "embedding": lambda w, i: functional.embedding(i, w),
    "matmul": torch.matmul,
    "linear": functional.linear,
    "mse_loss": functional.mse_loss,
    "conv2d": lambda x, w, b: functional.conv2d(x, w, b, padding=1),
    "conv2d_stride2": lambda x, w, b: functional.conv2d(x, w, b, stride=2, padding=1),
    "conv2d_1x1": functional.conv2d,
    "conv2d_depthwise": lambda x, w, b: functional.conv2d(x, w, b, padding=1, groups=x.shape[1]),
    "einsum_product": lambda a, b: torch.einsum("ij,jk->ik", a, b),
    "einsum_attention": lambda a, b: torch.einsum("bqhd,bkhd->bhqk", a, b),
    "einsum_outer": lambda a, b: torch.einsum("i,j->ij", a, b),
    "einsum_dots": lambda a, b: torch.einsum("ij,ij->i", a, b),
    "sort": lambda a: torch.sort(a, -1).values,
}


def bits_of(n, array):
    """What cases.hpp's function of this name gives for elements 0, 1, … n - 1."""
    x = numpy.arange(n, dtype=numpy.uint32) + numpy.uint32(array * 0x9E3779B9 & 0xFFFFFFFF)
    x = (x ^ (x >> numpy.uint32(16))) * numpy.uint32(0x7FEB352D)
    x = (x ^ (x >> numpy.uint32(15))) * numpy.uint32(0x846CA68B)
    return x ^ (x >> numpy.uint32(16))


def fractions(n, array):
    return (bits_of(n, array) >> numpy.uint32(8)).astype(numpy.float32) * numpy.float32(2.0**-24)


def make(argument, array):
    """The tensor of an argument of a case, such as n:100x64."""
    kind, below, sizes = re.fullmatch(r"([nNpPbi])(\d*):([\dx]*)", argument).groups()
    shape = [int(size) for size in sizes.split("x") if size]
    n = math.prod(shape)
    if kind == "i":
        values = (bits_of(n, array).astype(numpy.uint64) * numpy.uint64(below) >> numpy.uint64(32)).astype(numpy.int64)
    elif kind == "b":
        values = bits_of(n, array) >> numpy.uint32(31) == 1
    else:
        values = fractions(n, array)
        values = values * numpy.float32(2) - numpy.float32(1) if kind in "nN" else values + numpy.float32(0.5)
    return torch.from_numpy(values.reshape(shape)).requires_grad_(kind in "np")


def sums(t):
    t = t.detach().double()
    return [t.sum().item(), t.abs().sum().item()]


def figure(step):
    """The median of some blocks of at least 2 ms each; see cases.hpp."""
    estimate = common.time_of(step)
    if estimate < 0.005:
        spent, count = 0.0, 0
        while count < 3 or spent < 0.002:
            spent += common.time_of(step)
            count += 1
        estimate = spent / count
    block = max(1, int(0.002 / estimate))
    samples = []
    while not samples or (len(samples) < 5 and sum(samples) * block < 0.04):
        samples.append(common.time_of(step, block) / block)
    return statistics.median(samples)


class Case:
    def __init__(self, line):
        name, *arguments = line.split()
        if name not in OPERATIONS:
            raise ValueError(f"has no operation {name}")
        self.operation = OPERATIONS[name]
        self.inputs = [make(argument, i + 1) for i, argument in enumerate(arguments)]
        self.leaves = [t for t in self.inputs if t.requires_grad]
        self.output = self.operation(*self.inputs)
        self.check = [sums(self.output)]
        if self.leaves:
            values = fractions(self.output.numel(), 0) * numpy.float32(2) - numpy.float32(1)
            self.gradient = torch.from_numpy(values).reshape(self.output.shape)
            self.check += [sums(g) for g in self.gradients()]

    def gradients(self):
        return torch.autograd.grad(self.output, self.leaves, self.gradient, retain_graph=True)

    def measure(self, threads):
        forward, backward = {}, {}
        for n in threads:
            torch.set_num_threads(n)
            with torch.no_grad():
                forward[n] = figure(lambda: self.operation(*self.inputs))
            if self.leaves:
                backward[n] = figure(self.gradients)
        return {"forward": forward, "backward": backward, "check": self.check}


def main():
    case, last = None, None
    for line in sys.stdin:
        numbers, line = line.split(" ", 1)
        threads = [int(n) for n in numbers.split(",")]
        try:
            if case is None or line != last:
                case = None
                case, last = Case(line), line
            answer = case.measure(threads)
        except Exception as error:  # whatever it is, the driver is told, and the next case may do
            answer = {"error": str(error).split("\n")[0]}
        print(json.dumps(answer), flush=True)


main()
