"""Who is measured, in which variants, and which variant of each does a row best."""

import os
from dataclasses import dataclass
from pathlib import Path

import install
import process

BENCH = Path(__file__).resolve().parent.parent
CORES = len(os.sched_getaffinity(0))
THREADS = sorted({1, CORES})


@dataclass
class Variant:
    """One way to run a peer."""

    label: str
    command: list
    arguments: tuple = ()
    env: dict | None = None

    def measure(self, row, *arguments):
        return process.run([*self.command, row, *self.arguments, *arguments], self.env)


@dataclass
class Peer:
    name: str
    variants: list
    missing: str = ""  # why it can't be measured, if so

    def best_variant(self, row):
        """The variant that does `row` best in a short run each; raises process.Failed when none does it."""
        if len(self.variants) == 1:
            return self.variants[0]
        times, reason = [], None
        for variant in self.variants:
            try:
                times.append((variant.measure(row, "--seconds", "0.2", "--epochs", "1").json()["median"], variant))
            except process.Failed as error:
                reason = error
        if not times:
            raise reason
        return min(times, key=lambda t: t[0])[1]


def threads_of(command, prefix="", arguments=(), env=None):
    return [Variant(f"{prefix}{n} thread{'s' if n > 1 else ''}", command, (*arguments, "--threads", str(n)), env) for n in THREADS]


def cpu_flags():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("flags"):
            return set(line.split(":", 1)[1].split())
    return set()


def fastest_core(program, env):
    """The OPENBLAS_CORETYPE with the fastest matrix products; empty to let OpenBLAS choose."""
    flags = cpu_flags()
    candidates = [""]
    if "avx2" in flags:
        candidates += ["ZEN", "HASWELL"]
    if "avx512vl" in flags and "avx512dq" in flags:
        candidates += ["SKYLAKEX"]
        if "avx512_bf16" in flags:
            candidates += ["COOPERLAKE"]
    least = {}
    for _ in range(3):
        for core in candidates:
            variant = Variant(core, [program], ("--threads", "1"), {**env, **({"OPENBLAS_CORETYPE": core} if core else {})})
            try:
                time = variant.measure("products", "--seconds", "0.3").json()["min"]
                least[core] = min(time, least.get(core, time))
            except process.Failed:
                continue  # kernels that this processor can't run
    if not least:
        return ""
    best = min(least, key=least.get)
    # Left to itself unless the gain is more than noise.
    return best if "" not in least or least[best] < 0.95 * least[""] else ""


def cpp_peer(name, torch, program, variants):
    if torch is None:
        return Peer(name, [], "not installed")
    try:
        torch.build(BENCH / "torch_peer.cpp", program)
    except process.Failed as error:
        return Peer(name, [], f"does not compile: {error}")
    return Peer(name, variants)


def tuned_peer(torch, program):
    folder = install.openmp_blas()
    if torch is None or folder is None or not program.exists():
        return Peer("libtorch-tuned", [], "not installed")
    env = {"LD_LIBRARY_PATH": str(folder)}
    core = fastest_core(program, env)
    if core:
        env["OPENBLAS_CORETYPE"] = core
    return Peer("libtorch-tuned", threads_of([program], f"OpenMP, {core or 'own choice of kernels'}, ", env=env))


def python_peers(folder):
    """The peers of the virtual environment."""
    python = folder / "bin" / "python"

    def script(name):
        return [python, "-B", BENCH / "peers" / name]

    # Compiled functions are kept between processes: a run then compiles once, not once a round.
    cache = {"TORCHINDUCTOR_CACHE_DIR": str(folder.parent / "inductor")}
    keras = [v for mode in ("graph", "jit") for v in threads_of(script("keras_peer.py"), f"{mode}, ", ("--mode", mode))]
    peers = [
        ("jax", "jax", [Variant("jit", script("jax_peer.py"))]),
        ("torch", "torch", threads_of(script("torch_peer.py"), "eager, ")),
        ("torch-compiled", "torch", threads_of(script("torch_peer.py"), "compiled, ", ("--mode", "compiled"), cache)),
        ("keras", "keras", keras),
    ]
    there = {module: install.has_module(python, module) for _, module, _ in peers}
    return [Peer(name, variants, "" if there[module] else "not installed") for name, module, variants in peers]


def all_peers(out, with_python):
    """Every peer there could be, and the two installations of libtorch."""
    system = install.Torch.of_system()
    program = out / "torch_peer"
    peers = [cpp_peer("libtorch", system, program, [Variant("as installed", [program])]), tuned_peer(system, program)]
    venv = None
    if with_python:
        install.make_venv(out / "venv")
        venv = install.Torch.of_venv(out / "venv")
        peers += python_peers(out / "venv")
        peers.append(cpp_peer("torch-cpp", venv, out / "torch_peer_venv", threads_of([out / "torch_peer_venv"])))
    else:
        peers += [Peer(name, [], "asked only with --peers") for name in ("jax", "torch", "torch-compiled", "keras", "torch-cpp")]
    return {peer.name: peer for peer in peers}, {"libtorch": system, "torch-cpp": venv}
