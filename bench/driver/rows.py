"""The rows of the bench: the work, the unit, and what xgrad must reach."""

from dataclasses import dataclass, field

LIBTORCH = ("libtorch", "libtorch-tuned")
TORCH = ("torch", "torch-compiled", "torch-cpp")
ALL = (*LIBTORCH, "jax", *TORCH, "keras")


@dataclass(frozen=True)
class Race:
    """xgrad may take at most `target` times what the best of `peers` takes."""

    target: float
    peers: tuple = ALL


@dataclass(frozen=True)
class Row:
    id: str
    work: str
    unit: str
    races: tuple = ()
    limit: float | None = None  # what xgrad's figure itself may be, in `unit`
    own: str = ""  # judged by the ratio that xgrad_bench takes itself, to this
    peers: tuple = ALL  # who does this row at all
    kind: str = "program"  # what is measured: the row of a program, the "whole" program, "compile", "peak" or "size"
    xgrad: str = ""  # what xgrad_bench calls the row, where the peers call it by another name

    @property
    def program_row(self):
        """What the peers' programs call it: a row with a hand-written loop is their plain row."""
        return self.id.split("-")[0]

    @property
    def own_row(self):
        """What xgrad_bench calls it."""
        return self.xgrad or self.program_row


DIFFERENTIATORS = (*LIBTORCH, "jax", "torch-cpp")
NO_KERAS = tuple(p for p in ALL if p != "keras")
ROWS = (
    Row("A", "chain of 50 x (mul, tanh) on 8 floats, an operation", "us", peers=NO_KERAS,
        # JAX and compiled PyTorch fuse the chain into one operation: shown, not raced.
        races=(Race(0.07, (*LIBTORCH, "torch", "torch-cpp")),)),
    Row("B", "Linear(2,1), batch 32, MSE, SGD, a step", "us", races=(Race(0.17),)),
    Row("C", "2-64-1 MLP, batch 32, Adam, a step", "us", races=(Race(0.18),)),
    Row("D", "100 x (Linear(64), ReLU), batch 32, SGD, a step", "ms", races=(Race(0.65),)),
    Row("E", "D and all three norms of every layer", "ms", peers=NO_KERAS, own="xgrad without norms", limit=1.03),
    Row("F", "MLP 784-512-512-10, batch 128, cross-entropy, Adam, a step", "ms", peers=NO_KERAS,
        races=(Race(0.6, (*LIBTORCH, *TORCH)), Race(1.0, ("jax",)))),
    Row("G-hand", "the stack of D, 75000 rows in 4 batches, an epoch, loop by hand", "s", races=(Race(1.0, LIBTORCH),)),
    Row("G", "the same with the Trainer, an epoch", "s", races=(Race(0.8),), xgrad="G-trainer"),
    Row("H", "2-256-1 MLP, full batch of 75000, SGD, Trainer, an epoch", "ms", races=(Race(0.2),)),
    Row("I", "1-256-1 MLP, full batch of 20000, Adam, Trainer, an epoch", "ms", races=(Race(0.2),)),
    Row("G-threads", "G on all threads", "s", peers=(), own="one thread", limit=1, xgrad="G-threads"),
    Row("H-threads", "H on all threads", "ms", peers=(), own="one thread", limit=1, xgrad="H-threads"),
    Row("I-threads", "I on all threads", "ms", peers=(), own="one thread", limit=1, xgrad="I-threads"),
    Row("line", "a line on 100 samples, 1000 epochs of 4 batches, two metrics, from start to exit", "s", peers=("keras",),
        races=(Race(0.05, ("keras",)),), kind="whole"),
    Row("widths", "six widths on 75000 samples, full batch, 100 epochs each, from start to exit", "s", peers=("keras",),
        races=(Race(0.15, ("keras",)),), kind="whole"),
    Row("J", "compile one training script, g++ -O2", "s", races=(Race(0.1),), peers=("libtorch", "torch-cpp"), kind="compile"),
    Row("K-hand", "peak memory of G-hand, whole process", "MB", limit=1000, kind="peak"),
    Row("K", "peak memory of G, whole process", "MB", limit=150, kind="peak"),
    Row("L", "size of the shared library, stripped", "MB", limit=5, peers=("libtorch", "torch-cpp"), kind="size"),
    Row("M", "Hessian-vector product of F's MLP and loss", "ms", peers=DIFFERENTIATORS, races=(Race(1.3, ("jax",)),)),
    Row("M-own", "the same beside the gradient alone", "ms", peers=(), own="xgrad's gradient", limit=3),
    Row("N", "whole Hessian of the 2-64-1 MLP, batch 32: 257 parameters", "ms", peers=DIFFERENTIATORS,
        races=(Race(0.5, LIBTORCH), Race(3, ("jax",)))),
    Row("O", "norms of each sample's gradient of F's MLP", "ms", peers=(), own="xgrad's plain step", limit=2),
    Row("P", "steps of D, batch 4096, in 10 checkpointed pieces", "ms", peers=(), own="xgrad without checkpoints", limit=4 / 3),
    Row("Q", "memory of such a step at its peak", "MB", peers=(), own="xgrad without checkpoints", limit=0.3),
    Row("R", "Adam alone over 10^6 numbers in 200 tensors, a step", "ms", peers=NO_KERAS, races=(Race(0.5),)),
    Row("loader", "B on 100 samples by a DataLoader, a step", "us", peers=(), own="batches cut beforehand", limit=1.01),
    Row("CSV", "read a GB of numbers from CSV files", "s", peers=(), limit=5),
    Row("LeNet", "LeNet-5 on 28 x 28, batch 128, cross-entropy, SGD, a step", "ms", peers=(*LIBTORCH, *TORCH), races=(Race(0.9, (*LIBTORCH, *TORCH)),)),
    Row("LSTM", "LSTM of 128 units, 50 steps of 128 features, batch 32, MSE, SGD, a step", "ms", peers=(*LIBTORCH, *TORCH),
        races=(Race(0.9, (*LIBTORCH, *TORCH)),)),
)


@dataclass
class Measured:
    """What was measured of one row: samples by name, one a round."""

    row: Row
    samples: dict = field(default_factory=dict)  # "xgrad" and the peers' names -> list of figures in the row's unit
    ratios: list = field(default_factory=list)  # for a row that is judged by its own ratio
    choices: dict = field(default_factory=dict)  # peer -> the variant that calibration chose
    missing: dict = field(default_factory=dict)  # name -> why it was not measured
