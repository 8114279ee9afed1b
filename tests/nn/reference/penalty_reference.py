"""Writes penalty_reference.hpp beside this file: what PyTorch makes of WGAN-GP's critic loss with its gradient penalty, in float64.

    python3 -m venv venv && venv/bin/pip install --no-deps torch==2.13.0 numpy filelock typing-extensions sympy mpmath \
        networkx jinja2 markupsafe fsspec && venv/bin/python penalty_reference.py

(Gulrajani et al., Improved training of Wasserstein GANs, 2017.)
"""

import pathlib

import torch


def ramp(seed, *shape):
    """Multiples of 1/16 from -1.25 to 1.25, the same as in the test."""
    n = 1
    for size in shape:
        n *= size
    return (((torch.arange(n) * 37 + seed * 11) % 41 - 20).double() / 16).reshape(shape)


def leaf(seed, *shape):
    return ramp(seed, *shape).requires_grad_()


PARAMETERS = {
    "0.weight": leaf(1, 8, 3),
    "0.bias": leaf(2, 8),
    "2.weight": leaf(3, 8, 8),
    "2.bias": leaf(4, 8),
    "4.weight": leaf(5, 1, 8),
    "4.bias": leaf(6, 1),
}
p = list(PARAMETERS.values())
real, fake, mix = ramp(7, 6, 3), ramp(8, 6, 3) + 0.5, (ramp(9, 6, 1) + 1.25) / 2.5


def critic(x):
    x = torch.tanh(torch.nn.functional.linear(x, p[0], p[1]))
    x = torch.relu(torch.nn.functional.linear(x, p[2], p[3]))
    return torch.nn.functional.linear(x, p[4], p[5])


between = (mix * real + (1 - mix) * fake).requires_grad_()
(slope,) = torch.autograd.grad(critic(between).sum(), between, create_graph=True)
penalty = ((slope.norm(2, dim=1) - 1) ** 2).mean()
loss = critic(fake).mean() - critic(real).mean() + 10 * penalty
loss.backward()

lines = [
    "// Written by penalty_reference.py with PyTorch " + torch.__version__.split("+")[0] + ".",
    "#pragma once",
    "",
    "#include <map>",
    "#include <string>",
    "#include <vector>",
    "",
    "// clang-format off",
    "namespace reference {",
    "",
    f"inline constexpr double penalty = {penalty.item()!r};",
    f"inline constexpr double critic_loss = {loss.item()!r};",
    "inline const std::map<std::string, std::vector<double>> critic_gradients = {",
]
for name, tensor in PARAMETERS.items():
    numbers = ", ".join(repr(v) for v in tensor.grad.flatten().tolist())
    lines.append(f'    {{"{name}", {{{numbers}}}}},')
lines += ["};", "", "}  // namespace reference", ""]
pathlib.Path(__file__).with_name("penalty_reference.hpp").write_text("\n".join(lines))
