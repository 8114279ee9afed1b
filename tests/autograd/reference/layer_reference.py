"""Writes layer_reference.hpp beside this file: what PyTorch makes of layers and losses, with the gradients, in float64.

    python3 -m venv venv && venv/bin/pip install --no-deps torch==2.13.0 numpy filelock typing-extensions sympy mpmath \
        networkx jinja2 markupsafe fsspec && venv/bin/python layer_reference.py

What Keras has and PyTorch has not is computed by the formulas of keras.losses (Keras 3).
"""

import itertools
import pathlib

import torch
import torch.nn.functional as F

cases = {}


def ramp(seed, *shape):
    """Multiples of 1/8 from -2.5 to 2.5, the same as in the test."""
    n = 1
    for size in shape:
        n *= size
    values = [((i * 37 + seed * 11) % 41 - 20) / 8 for i in range(n)]
    return torch.tensor(values, dtype=torch.float64).reshape(shape)


def leaf(seed, *shape):
    return ramp(seed, *shape).requires_grad_()


def unit(seed, *shape):
    """From 0.0625 to 0.9375."""
    return ((ramp(seed, *shape) + 2.5) * 0.175 + 0.0625).detach()


def case(name, y, leaves=(), more=()):
    """The result, the gradients of its sum weighted by a ramp, and what else there is."""
    loss = (y * ramp(99, *y.shape)).sum()
    gradients = torch.autograd.grad(loss, leaves) if leaves else []
    values = [y, *gradients, *more]
    cases[name] = [v for t in values for v in t.detach().flatten().tolist()]


def normalization():
    w, b = leaf(2, 3), leaf(3, 3)
    for name, shape in (("matrix", (4, 3)), ("images", (2, 3, 2)), ("long", (2, 3, 20))):
        for training in (True, False):
            x, mean, var = leaf(1, *shape), ramp(4, 3), unit(5, 3)
            y = F.batch_norm(x, mean, var, w, b, training, 0.3, 1e-3)
            case(f"batch_norm {name}{' training' if training else ''}", y, (x, w, b), (mean, var))
    x, w, b = leaf(1, 2, 3, 4), leaf(2, 3, 4), leaf(3, 3, 4)
    case("layer_norm", F.layer_norm(x, (3, 4), w, b, 1e-3), (x, w, b))
    x, w, b = leaf(1, 2, 4, 3), leaf(2, 4), leaf(3, 4)
    case("group_norm", F.group_norm(x, 2, w, b), (x, w, b))
    case("instance_norm", F.instance_norm(x, weight=w, bias=b), (x, w, b))
    x, w = leaf(1, 3, 5), leaf(2, 5)
    case("rms_norm", F.rms_norm(x, (5,), w), (x, w))
    case("rms_norm eps", F.rms_norm(x, (5,), w, 0.1), (x, w))


def attention():
    def run(name, **options):
        q, k, v = leaf(1, 2, 3, 4), leaf(2, 2, 5, 4), leaf(3, 2, 5, 2)
        more = [options["attn_mask"]] if options.get("attn_mask") is not None and options["attn_mask"].requires_grad else []
        case(f"attention {name}", F.scaled_dot_product_attention(q, k, v, **options), (q, k, v, *more))

    run("plain")
    run("scale", scale=0.3)
    run("causal", is_causal=True)
    mask = ramp(4, 3, 5) > 0
    mask[1] = False
    run("mask", attn_mask=mask)
    run("added", attn_mask=leaf(5, 2, 3, 5))


def embedding():
    table = leaf(1, 5, 3)
    case("embedding", F.embedding(torch.tensor([[1, 0, 4], [4, 1, 4]]), table, padding_idx=1), (table,))


REDUCTIONS = ("none", "mean", "sum")


def classes():
    target = torch.tensor([1, -1, 3, 0])
    for reduction, weighted, smoothing in itertools.product(REDUCTIONS, (False, True), (0.0, 0.2)):
        weight = unit(7, 4) if weighted else None
        name = f"{reduction} {int(weighted)} {int(smoothing > 0)}"
        options = {"weight": weight, "label_smoothing": smoothing, "reduction": reduction}
        x = leaf(1, 4, 4)
        case(f"cross_entropy {name}", F.cross_entropy(x, target, ignore_index=-1, **options), (x,))
        p = unit(8, 4, 4).requires_grad_()
        case(f"cross_entropy probabilities {name}", F.cross_entropy(x, p, **options), (x, p))
        x, t = leaf(1, 2, 4, 3), torch.tensor([[0, 1, 2], [3, -1, 3]])
        case(f"cross_entropy images {name}", F.cross_entropy(x, t, ignore_index=-1, **options), (x,))
    for reduction in REDUCTIONS:
        x = leaf(1, 2, 4, 3)
        case(f"nll_loss {reduction}", F.nll_loss(x, t, weight=unit(7, 4), ignore_index=-1, reduction=reduction), (x,))
    x = leaf(1, 4)
    case("cross_entropy single", F.cross_entropy(x, torch.tensor(2)), (x,))


def binary():
    for reduction in REDUCTIONS:
        x, p, t = leaf(1, 2, 3), unit(2, 2, 3).requires_grad_(), unit(3, 2, 3).requires_grad_()
        w, pos = unit(4, 3), unit(5, 2, 1)
        case(f"bce {reduction}", F.binary_cross_entropy(p, t, reduction=reduction), (p, t))
        case(f"bce weighted {reduction}", F.binary_cross_entropy(p, t, w, reduction=reduction), (p, t))
        case(f"logits {reduction}", F.binary_cross_entropy_with_logits(x, t, reduction=reduction), (x, t))
        case(
            f"logits weighted {reduction}",
            F.binary_cross_entropy_with_logits(x, t, w, reduction=reduction, pos_weight=pos),
            (x, t),
        )
    p, t = torch.tensor([0.0, 1.0, 0.0, 1.0, 0.5]).double(), torch.tensor([0.0, 1.0, 1.0, 0.0, 1.0]).double()
    p.requires_grad_()
    case("bce ends", F.binary_cross_entropy(p, t, reduction="none"), (p,))
    x = torch.tensor([1e4, -1e4, 1e4, -1e4, 0.0]).double().requires_grad_()
    case("logits extreme", F.binary_cross_entropy_with_logits(x, t, reduction="none"), (x,))


def regression():
    for reduction in REDUCTIONS:
        p, t = leaf(1, 2, 3), leaf(2, 2, 3)
        case(f"mse {reduction}", F.mse_loss(p, t, reduction=reduction), (p, t))
        case(f"l1 {reduction}", F.l1_loss(p, t, reduction=reduction), (p, t))
        for scale in (0.75, 1.0):
            case(f"huber {scale} {reduction}", F.huber_loss(p, t, reduction=reduction, delta=scale), (p, t))
            case(f"smooth {scale} {reduction}", F.smooth_l1_loss(p, t, reduction=reduction, beta=scale), (p, t))
        u = unit(3, 2, 3).requires_grad_()
        case(f"kl_div {reduction}", F.kl_div(p, u, reduction=reduction), (p, u))
        case(f"kl_div logs {reduction}", F.kl_div(p, t, reduction=reduction, log_target=True), (p, t))
    case("kl_div batchmean", F.kl_div(p, u, reduction="batchmean"), (p, u))
    d = torch.tensor([-1.0, 0.0, 1.0, 0.5]).double().requires_grad_()
    zero = torch.zeros(4).double()
    for name in ("l1_loss", "huber_loss", "smooth_l1_loss"):
        case(f"{name} kinks", getattr(F, name)(d, zero, reduction="none"), (d,))


def keras():
    p, t = leaf(1, 2, 3), ramp(2, 2, 3)
    t[0, 0] = 0
    case("mape", 100 * ((t - p).abs() / t.abs().clamp(min=1e-7)).mean(), (p,))
    eps = torch.tensor(1e-7).double()
    case("msle", ((torch.log(torch.maximum(p, eps) + 1) - torch.log(torch.maximum(t, eps) + 1)) ** 2).mean(), (p,))
    s = torch.where(t > 0, 1.0, -1.0)
    case("hinge", torch.clamp(1 - s * p, min=0).mean(), (p,))
    case("squared_hinge", (torch.clamp(1 - s * p, min=0) ** 2).mean(), (p,))


def margins():
    a, b, c = leaf(1, 3, 4), leaf(2, 3, 4), leaf(3, 3, 4)
    signs = torch.tensor([1.0, -1.0, -1.0]).double()
    case("cosine_similarity", F.cosine_similarity(a, b), (a, b))
    zero = torch.zeros(2, 3).double().requires_grad_()
    case("cosine_similarity zero", F.cosine_similarity(zero, ramp(1, 2, 3)), (zero,))
    for reduction in REDUCTIONS:
        case(f"cosine_embedding {reduction}", F.cosine_embedding_loss(a, b, signs, -0.9, reduction=reduction), (a, b))
        case(f"triplet {reduction}", F.triplet_margin_loss(a, b, c, margin=2, reduction=reduction), (a, b, c))
        x, y = leaf(4, 3), leaf(5, 3)
        case(f"ranking {reduction}", F.margin_ranking_loss(x, y, signs, 0.5, reduction=reduction), (x, y))


def main():
    for family in (normalization, attention, embedding, classes, binary, regression, keras, margins):
        family()
    # Flat arrays: a compiler takes minutes over a map of vectors.
    rows, numbers = "", ""
    at = 0
    for name, values in cases.items():
        rows += f'    {{"{name}", {at}, {len(values)}}},\n'
        numbers += f"    {', '.join(map(repr, values))},\n"
        at += len(values)
    text = f"""// Written by layer_reference.py with PyTorch {torch.__version__.split("+")[0]}.
#pragma once

#include <cstddef>

namespace reference {{

struct Layer {{
    const char* name;
    std::size_t first, count;  // of the numbers below
}};

// clang-format off
inline constexpr Layer layers[] = {{
{rows}}};

/// The result of each case, then the gradients, then what else there is, flat.
inline constexpr double layer_numbers[] = {{
{numbers}}};
// clang-format on

}}  // namespace reference
"""
    pathlib.Path(__file__).with_name("layer_reference.hpp").write_text(text)


main()
