"""Brings the peers to this machine: the Python ones into a virtual environment, the C++ ones through the compiler."""

import subprocess
import sys
import sysconfig
from pathlib import Path

import process

# PyPI's torch asks for some gigabytes of GPU libraries that a CPU needs none of: these are all it imports.
TORCH_NEEDS = ["filelock", "typing-extensions", "sympy", "networkx", "jinja2", "fsspec", "numpy", "setuptools>=77.0.3"]
# What to install, whether with what it says it needs, and the module that must then import.
PACKAGES = [
    (["torch==2.13.0"], False, None),
    (TORCH_NEEDS, True, "torch"),
    (["jax==0.10.2"], True, "jax"),
    (["tensorflow-cpu", "keras"], True, "keras"),
]


def say(text):
    print(text, file=sys.stderr, flush=True)


def make_venv(folder):
    """A virtual environment with the Python peers. What can't be installed is left out: its peer is then not measured."""
    python = folder / "bin" / "python"
    done = folder / "bench-peers.txt"
    wanted = repr(PACKAGES)
    if done.exists() and done.read_text() == wanted:
        return
    log = folder.with_name("pip.log")
    say(f"Installing the Python peers into {folder} (about 3 GB; {log.name} beside it tells what pip says)")
    # A half-made one, or one of another Python, is made anew.
    if not works([python, "-m", "pip", "--version"]) and subprocess.run([sys.executable, "-m", "venv", "--clear", folder]).returncode != 0:
        say("bench: no virtual environment: the Python peers are not measured")
        return

    def pip_install(*arguments):
        say(f"  pip install {' '.join(arguments)}")
        with log.open("a") as out:
            command = [python, "-m", "pip", "install", *arguments]
            return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT).returncode == 0

    good = all([pip_install(*([] if dependencies else ["--no-deps"]), *packages) for packages, dependencies, _ in PACKAGES])
    if not has_module(python, "torch"):
        say("  torch does not import without its GPU libraries")
        pip_install("torch==2.13.0")
    for module in (m for _, _, m in PACKAGES if m):
        if not has_module(python, module):
            good = False
            say(f"bench: {module} does not import: not measured")
    if good:
        done.write_text(wanted)


def works(command):
    try:
        process.run(command)
    except process.Failed:
        return False
    return True


def has_module(python, module):
    return works([python, "-c", f"import {module}"])


class Torch:
    """Where a libtorch lies: Debian's, or the one in a Python package."""

    def __init__(self, includes, libraries, system):
        self.includes, self.libraries, self.system = includes, libraries, system

    @staticmethod
    def of_system():
        include = Path("/usr/include/torch/csrc/api/include")
        found = sorted(Path("/usr/lib").glob("*/libtorch_cpu.so"))
        return Torch([include], found[0].parent, True) if include.is_dir() and found else None

    @staticmethod
    def of_venv(folder):
        found = sorted(folder.glob("lib/python*/site-packages/torch"))
        include = found[0] / "include" if found else None
        if include is None or not include.is_dir():
            return None
        return Torch([include, include / "torch/csrc/api/include"], found[0] / "lib", False)

    def compile_flags(self):
        return [f"-isystem{path}" for path in self.includes]

    def build(self, source, program):
        """Compiles a program where it is older than its sources; raises process.Failed."""
        sources = [source, source.with_name("measure.hpp"), source.with_name("cases.hpp")]
        if program.exists() and all(program.stat().st_mtime > s.stat().st_mtime for s in sources):
            return
        say(f"Compiling {program.name} (half a minute)")
        where = [] if self.system else [f"-L{self.libraries}", f"-Wl,-rpath,{self.libraries}"]
        process.run(["g++", "-O2", "-std=c++20", source, "-o", program, *self.compile_flags(), *where, "-ltorch", "-ltorch_cpu",
                     "-lc10", "-ldl"])

    def size_mb(self):
        """All that a program linked with it loads of it."""
        names = ["libtorch.so", "libtorch_cpu.so", "libc10.so"]
        return sum((self.libraries / name).resolve().stat().st_size for name in names) / 1e6


def openmp_blas():
    """The folder of OpenBLAS's OpenMP build, which a program finds first when it is told to; None where it is not installed."""
    triplet = sysconfig.get_config_var("MULTIARCH") or "*"
    found = sorted(Path("/usr/lib").glob(f"{triplet}/openblas-openmp"))
    return found[0] if found else None
