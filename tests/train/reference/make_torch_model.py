"""Writes torch_model.hpp beside this file: a PyTorch module's weights as safetensors saves them, an input, and what the module makes of it.

    python3 -m venv venv && venv/bin/pip install torch==2.13.0 safetensors && venv/bin/python make_torch_model.py
"""

import pathlib

import safetensors
import torch
from safetensors.torch import save

torch.manual_seed(7)
model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.BatchNorm1d(4), torch.nn.Linear(4, 2)).double()
for _ in range(3):  # running statistics that are not those of the start
    model(torch.randn(8, 3, dtype=torch.float64))
model.eval()
x = torch.linspace(-1, 2, 6, dtype=torch.float64).reshape(2, 3)
y = model(x).detach().ravel().tolist()
data = save(model.state_dict())

lines = [f"// Made by make_torch_model.py with safetensors {safetensors.__version__} and torch {torch.__version__}. Do not edit."]
lines += ["// clang-format off", "#pragma once", "", "namespace reference {", ""]
lines += ["/// Sequential(Linear(3, 4), Tanh, BatchNorm1d(4), Linear(4, 2)) in float64, and its output for linspace(-1, 2, 6) as (2, 3)."]
lines += ["inline constexpr unsigned char torch_model[] = {"]
for i in range(0, len(data), 24):
    lines.append("    " + ", ".join(str(b) for b in data[i : i + 24]) + ",")
lines += ["};", "inline constexpr double torch_output[] = {" + ", ".join(v.hex() for v in y) + "};"]
lines += ["", "}  // namespace reference"]
pathlib.Path(__file__).with_name("torch_model.hpp").write_text("\n".join(lines) + "\n")
