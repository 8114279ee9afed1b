"""Writes safetensors.hpp beside this file: a file that Python's safetensors package made, with every type that it may hold here.

    python3 -m venv venv && venv/bin/pip install torch safetensors && venv/bin/python make_safetensors.py
"""

import pathlib

import safetensors
import torch
from safetensors.torch import save

tensors = {
    "fc.weight": torch.tensor([[1.5, -2.25, 3e-40], [float("inf"), -0.0, 1e30]]),
    "fc.bias": torch.tensor([0.1, -1e-300], dtype=torch.float64),
    "half": torch.tensor([1.0, -2.5, 65504.0, 6e-8, 6.1e-5, float("-inf"), -0.0], dtype=torch.float16),
    "bfloat": torch.tensor([1.0, -2.5, 3.3895e38, 9.2e-41, float("inf")], dtype=torch.bfloat16),
    "int64": torch.tensor([-(2**63), 2**63 - 1, 7]),
    "int32": torch.tensor([-(2**31), 2**31 - 1], dtype=torch.int32),
    "int16": torch.tensor([[-32768], [32767]], dtype=torch.int16),
    "int8": torch.tensor([-128, 127, 1], dtype=torch.int8),
    "uint8": torch.tensor([0, 255, 128], dtype=torch.uint8),
    "uint16": torch.tensor([0, 65535], dtype=torch.uint16),
    "uint32": torch.tensor([0, 2**32 - 1], dtype=torch.uint32),
    "uint64": torch.tensor([0, 2**63 - 1], dtype=torch.uint64),
    "bool": torch.tensor([True, False, True]),
    "scalar": torch.tensor(42.0),
    "empty": torch.zeros(0, 3),
}
data = save(tensors, metadata={"format": "pt", "note": "größer"})

pathlib.Path(__file__).parents[2].joinpath("fuzz/seeds/types.safetensors").write_bytes(data)
lines = [f"// Made by make_safetensors.py with safetensors {safetensors.__version__} and torch {torch.__version__}. Do not edit."]
lines += ["// clang-format off", "#pragma once", "", "namespace reference {", ""]
lines += ["inline constexpr unsigned char safetensors_bytes[] = {"]
for i in range(0, len(data), 24):
    lines.append("    " + ", ".join(str(b) for b in data[i : i + 24]) + ",")
lines += ["};", "", "}  // namespace reference"]
pathlib.Path(__file__).with_name("safetensors.hpp").write_text("\n".join(lines) + "\n")
