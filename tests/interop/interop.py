"""Weights go from xgrad to PyTorch, are trained there, and come back: after each way both models say the same.

    interop.py PROGRAM FOLDER
"""

import subprocess
import sys

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import nn


def network():
    """The same as in interop.cpp."""
    layers = [nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten()]
    layers += [nn.Linear(4 * 6 * 6, 8), nn.LayerNorm(8), nn.GELU(), nn.Linear(8, 3)]
    return nn.Sequential(*layers).double()


def compare(what, a, b):
    difference = (a - b).abs().max().item()
    print(f"{what}: largest difference {difference:.1e}")
    if not difference < 1e-12:
        sys.exit(f"interop: {what}: the outputs differ by {difference}")


def main():
    program, folder = sys.argv[1:]
    subprocess.run([program, "save", folder], check=True)
    values = load_file(f"{folder}/values.safetensors")

    model = network().eval()
    model.load_state_dict(load_file(f"{folder}/model.safetensors"))
    compare("xgrad's model in PyTorch", model(values["x"]).detach(), values["y"])

    # A checkpoint has the model's tensors under the same names, and the optimizer's beside them.
    with safe_open(f"{folder}/checkpoint.safetensors", framework="pt") as file:
        names = set(file.keys())
        epoch = file.metadata()["xgrad.epoch"]
        steps = file.get_tensor("optimizer.state.0.exp_avg").shape
    rest = names - set(model.state_dict())
    if set(model.state_dict()) - names or not all(name.startswith("optimizer.") for name in rest) or epoch != "5":
        sys.exit(f"interop: unexpected names in the checkpoint: {sorted(rest)}")
    print(f"a checkpoint of epoch {epoch}: {len(names)} tensors; Adam's first average has the shape {tuple(steps)}")

    model.train()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(5):
        optimizer.zero_grad()
        model(torch.randn(8, 1, 6, 6, dtype=torch.float64)).square().mean().backward()
        optimizer.step()
    model.eval()
    save_file(model.state_dict(), f"{folder}/torch.safetensors")
    subprocess.run([program, "load", folder], check=True)
    compare("PyTorch's model in xgrad", load_file(f"{folder}/answer.safetensors")["y"], model(values["x"]).detach())
    print("interop: all is well")


main()
