"""The families of operations: each operation forward and backward, from 16 elements to 10^7, beside libtorch and PyTorch.

Programs that stay (cases.hpp) are asked case by case and turn about. A peer takes part with the number of threads that it does
a case best with.
"""

import math
import re
import statistics
import sys
import time
from dataclasses import dataclass, field

import peers as peer_list
import process

TARGET = 0.8  # xgrad may take this much of what the best peer takes, by the geometric mean
WORST = 1.5  # and this much in any case
BANDWIDTH = 0.8  # what element-wise work on large arrays must reach of the speed of copying
ROUNDS = 3

# Why xgrad may take more than WORST of the best peer in a case: a pattern of its operation, arguments and direction, and what a profile
# shows. A case above WORST that none of them names does not hold.
REASONS = [
    (r"conv2d", "the peer's oneDNN convolves without unfolding, by code made for the shape; here windows are unfolded for GEMM"),
    (r"(sum|mean)_[01] ", "sums are taken in double precision, whose conversions take the time; the peer's in single"),
    (r"gelu n:100000 ", "the peer's gelu takes half of the time of its own erf: a coarser one"),
    (r"(add n:316x1|mul n:1000x100 n:1000x1) ", "rows of 100 to 316 elements, each begun anew; the arrays fit in the second cache"),
    (r"concat n:1000x100 ", "threads are called once for each input, for 6 microseconds of work each"),
    (r"pow ", "glibc's pow, one element at a time; the peer's computes eight or sixteen at once"),
]


@dataclass(frozen=True)
class Case:
    operation: str
    arguments: str

    @property
    def line(self):
        return f"{self.operation} {self.arguments}"


def cases(operations, *arguments):
    """Each of the operations, in a string, with each of the arguments; these are described in cases.hpp."""
    return [Case(operation, argument) for operation in operations.split() for argument in arguments]


def each(template, *sizes):
    """The template with each of the sizes put in: `each("n:{0}x{1} n:{1}", (4, 4))`."""
    return [template.format(*(size if isinstance(size, tuple) else (size,))) for size in sizes]


FLAT = (16, 1000, 100_000, 10_000_000)
TABLE = ((4, 4), (25, 40), (1000, 100), (100_000, 100))
WIDE = ((4, 4), (25, 40), (100, 1000), (10_000, 1000))
FAMILIES = {
    "element-wise": [
        *cases("add mul maximum", *each("n:{0} n:{0}", *FLAT)),
        *cases("div", *each("n:{0} p:{0}", *FLAT)),
        *cases("where", *each("b:{0} n:{0} n:{0}", *FLAT)),
        *cases("greater", *each("N:{0} N:{0}", *FLAT)),
        *cases("mul_number exp tanh sigmoid relu square gelu silu softplus erf sin", *each("n:{0}", *FLAT)),
        *cases("log sqrt pow", *each("p:{0}", *FLAT)),
    ],
    "broadcast": [
        *cases("add", *each("n:{0}x{1} n:{1}", *TABLE), *each("n:{0}x1 n:1x{0}", 4, 32, 316, 3162)),
        *cases("mul", *each("n:{0}x{1} n:{0}x1", *TABLE), *each("n:{0}x{1} n:", *TABLE)),
    ],
    "movement": [
        *cases("transposed_copy", *each("n:{0}x{1}", *TABLE)),
        *cases("concat", *each("n:{0}x{1} n:{0}x{1}", *TABLE)),
    ],
    "reduction": [
        *cases("sum sum_0 sum_1 mean_1 max max_1 var_0 var_1 logsumexp cumsum", *each("n:{0}x{1}", *TABLE)),
        *cases("argmax", *each("N:{0}x{1}", *TABLE)),
        *cases("sum_0 sum_1 max_1 var_1", "n:10x1000000", "n:1000000x10"),
        *cases("mse_loss", *each("n:{0} n:{0}", *FLAT)),
    ],
    "softmax": [
        *cases("softmax_0 softmax_1 log_softmax", *each("n:{0}x{1}", *WIDE)),
        *cases("cross_entropy", *each("n:{0}x{1} i{1}:{0}", *WIDE)),
    ],
    "layer norm": cases("layer_norm", *each("n:{0}x{1} p:{1} n:{1}", *WIDE, (156_250, 64))),
    "gather": [
        *cases("index_select_0", *each("n:{0}x{1} i{0}:{0}", *TABLE)),
        *cases("index_select_1", *each("n:{0}x{1} i{1}:{1}", *TABLE)),
        *cases("gather", *each("n:{0}x{1} i{1}:{0}x{1}", *TABLE)),
        *cases("embedding", "n:4x4 i4:2x2", "n:100x10 i100:10x10", "n:1000x64 i1000:32x50", "n:50000x64 i50000:300x500"),
    ],
    "matmul": [
        *cases("matmul", *each("n:{0}x{0} n:{0}x{0}", 4, 32, 256, 1024), "n:16 n:16", "n:3000x3000 n:3000", "n:100000x64 n:64x64"),
        *cases("linear", "n:4x4 n:4x4 n:4", "n:32x64 n:64x64 n:64", "n:128x784 n:512x784 n:512", "n:18750x64 n:64x64 n:64"),
    ],
    "batched matmul": cases("matmul", *each("n:{0}x{1}x{2} n:{0}x{2}x{1}", (4, 2, 2), (16, 8, 8), (32, 64, 64), (1000, 32, 32), (64, 256, 64),
                                            (2000, 64, 64))),
    "conv2d": [
        *cases("conv2d", "n:1x1x4x4 n:1x1x3x3 n:1", "n:2x3x16x16 n:8x3x3x3 n:8", "n:8x16x28x28 n:32x16x3x3 n:32", "n:16x32x56x56 n:64x32x3x3 n:64"),
        *cases("conv2d_stride2", "n:4x16x32x32 n:32x16x3x3 n:32", "n:16x3x112x112 n:32x3x3x3 n:32"),
        *cases("conv2d_1x1", "n:4x16x14x14 n:32x16x1x1 n:32", "n:16x64x56x56 n:64x64x1x1 n:64"),
        *cases("conv2d_depthwise", "n:4x16x14x14 n:16x1x3x3 n:16", "n:16x64x56x56 n:64x1x3x3 n:64"),
    ],
    "einsum": [
        *cases("einsum_product", *each("n:{0}x{0} n:{0}x{0}", 4, 32, 256)),
        *cases("einsum_attention", "n:1x4x2x2 n:1x4x2x2", "n:2x16x4x8 n:2x16x4x8", "n:8x128x8x64 n:8x128x8x64", "n:32x256x8x64 n:32x256x8x64"),
        *cases("einsum_outer", *each("n:{0} n:{0}", 4, 32, 316, 3162)),
        *cases("einsum_dots", *each("n:{0}x{1} n:{0}x{1}", *TABLE)),
    ],
    "sort": cases("sort", "n:16", "n:1000", "n:100000", "n:1000000", "n:100x1000", "n:10000x1000"),
}
DIRECTIONS = ("forward", "backward")


@dataclass
class Measured:
    """One case in one direction: seconds by name and number of threads, one figure a round."""

    case: Case
    direction: str
    samples: dict = field(default_factory=dict)  # name -> number of threads -> list of seconds

    def best(self, name):
        """The median with the number of threads that does it best; None where it was not measured."""
        return min((statistics.median(values) for values in self.samples.get(name, {}).values()), default=None)

    @property
    def peer(self):
        """The best peer, and what it takes; (None, None) where there is none."""
        times = {name: self.best(name) for name in self.samples if name != "xgrad"}
        return min(times.items(), key=lambda item: item[1], default=(None, None))

    @property
    def ratio(self):
        own, peer = self.best("xgrad"), self.peer[1]
        return own / peer if own is not None and peer is not None else None

    @property
    def reason(self):
        """Why it is above WORST; empty where it is not, or nobody knows."""
        if self.ratio is None or self.ratio <= WORST:
            return ""
        line = f"{self.case.line} {self.direction}"
        return next((why for pattern, why in REASONS if re.match(pattern, line)), "")


@dataclass
class Family:
    name: str
    measured: list = field(default_factory=list)
    missing: dict = field(default_factory=dict)  # case's line -> name -> why it was not measured

    @property
    def ratios(self):
        return [m.ratio for m in self.measured if m.ratio is not None]

    @property
    def complete(self):
        """Whether xgrad does every case, and somebody else as well."""
        return all(m.ratio is not None for m in self.measured) and all("xgrad" not in names for names in self.missing.values())


def geometric_mean(ratios):
    return math.exp(statistics.fmean(math.log(r) for r in ratios)) if ratios else None


def agree(one, other):
    """Whether two lists of [sum, sum of magnitudes] are of the same arrays but for rounding."""
    return len(one) == len(other) and all(
        abs(a - b) <= 1e-3 * max(p, q) + 1e-5 and abs(p - q) <= 1e-3 * max(p, q) + 1e-5 for (a, p), (b, q) in zip(one, other))


def worth_another_try(answer):
    """The numbers of threads that may be the best in one direction; not those that are clearly worse in both."""
    times = [answer[direction] for direction in DIRECTIONS if answer[direction]]
    return [n for n in times[0] if any(t[n] <= 1.2 * min(t.values()) for t in times)]


class Families:
    def __init__(self, program, peers, torches, out):
        """`program` is xgrad's; `peers` and `torches` are those of peers.all_peers."""
        self.program = program
        self.servers = {"xgrad": process.Server([program, "families"])}
        self.missing = {}
        tuned, eager = peers["libtorch-tuned"], peers["torch"]
        if tuned.missing:
            self.missing["libtorch-tuned"] = tuned.missing
        else:
            built = out / "torch_families"
            try:
                torches["libtorch"].build(peer_list.BENCH / "torch_families.cpp", built)
                self.servers["libtorch-tuned"] = process.Server([built], tuned.variants[0].env)
            except process.Failed as error:
                self.missing["libtorch-tuned"] = f"does not compile: {error}"
        if eager.missing:
            self.missing["torch"] = eager.missing
        else:
            script = peer_list.BENCH / "peers" / "torch_families.py"
            self.servers["torch"] = process.Server([*eager.variants[0].command[:-1], script])

    def close(self):
        for server in self.servers.values():
            server.close()

    def measure_case(self, case, family):
        figures = {direction: Measured(case, direction) for direction in DIRECTIONS}
        missing = family.missing.setdefault(case.line, {})
        checks = {}
        threads = {name: [0] if name == "xgrad" else peer_list.THREADS for name in self.servers}
        for _ in range(ROUNDS):
            for name, server in self.servers.items():
                if name in missing or "xgrad" in missing:
                    continue
                try:
                    answer = server.ask(f"{','.join(map(str, threads[name]))} {case.line}")
                except process.Failed as error:
                    missing[name] = str(error)
                    continue
                checks[name] = answer["check"]
                threads[name] = worth_another_try(answer)
                for direction in DIRECTIONS:
                    for n, seconds in answer[direction].items():
                        figures[direction].samples.setdefault(name, {}).setdefault(n, []).append(seconds)
                time.sleep(0.005)  # its threads go on to spin for a moment
        for name in checks.keys() - {"xgrad"}:
            if "xgrad" in checks and not agree(checks["xgrad"], checks[name]):
                missing["xgrad"] = f"computes something else than {name}: {checks['xgrad']}, {checks[name]}"
        if not missing:
            del family.missing[case.line]
        if "xgrad" not in missing:
            family.measured += [m for m in figures.values() if m.samples]

    def measure(self, name):
        family = Family(name)
        for case in FAMILIES[name]:
            self.measure_case(case, family)
        # One disturbed moment is no verdict: what seems too slow is looked at once more, with the peers.
        for case in {m.case: None for m in family.measured if m.ratio is not None and m.ratio > WORST}:
            second = Family(name)
            self.measure_case(case, second)
            for more in second.measured:
                first = next(m for m in family.measured if m.case == case and m.direction == more.direction)
                for who, by_threads in more.samples.items():
                    for n, times in by_threads.items():
                        first.samples.setdefault(who, {}).setdefault(n, []).extend(times)
        return family

    def bandwidth(self):
        """GB/s of copies and of large element-wise operations; None where it was not measured."""
        try:
            return process.run([self.program, "bandwidth"]).json()
        except process.Failed as error:
            print(f"bench: bandwidth not measured: {error}", file=sys.stderr)
            return None


def verdict(family):
    mean, worst = geometric_mean(family.ratios), max(family.ratios, default=None)
    holds = None
    if family.ratios:
        unexplained = [m for m in family.measured if m.ratio is not None and m.ratio > WORST and not m.reason]
        holds = mean <= TARGET and not unexplained
        if holds and not family.complete:
            holds = None
    return mean, worst, holds


def microseconds(seconds):
    return "–" if seconds is None else f"{seconds * 1e6:.3g}" if seconds < 1e-4 else f"{seconds * 1e6:.0f}"


def said(holds):
    return {True: "yes", False: "NO", None: "–"}[holds]


def print_family(family):
    print(f"\n{family.name} (us)")
    width = max((len(m.case.line) for m in family.measured), default=0)
    for m in family.measured:
        name, time_of_peer = m.peer
        ratio = "" if m.ratio is None else f"{m.ratio:6.2f}{'  !' if m.ratio > WORST else ''}"
        print(f"   {m.case.line:<{width}}  {m.direction:<8} {microseconds(m.best('xgrad')):>9} {microseconds(time_of_peer):>9}  "
              f"{name or 'no peer':<14} {ratio}")
    for why in {m.reason: None for m in family.measured if m.reason}:
        print(f"   !  {why}")
    reasons = {}
    for line, names in family.missing.items():
        for name, reason in names.items():
            reasons.setdefault((name, reason), []).append(line)
    for (name, reason), lines in reasons.items():
        print(f"   {name} not measured: {reason} ({lines[0]}{f', {len(lines)} cases' if len(lines) > 1 else ''})")
    sys.stdout.flush()


def large_enough(bandwidth):
    """The speed of copying, the lowest of the operations that need little arithmetic, and whether that is enough."""
    copy = max(bandwidth["copy"], bandwidth["copy by a loop"])
    moved = {name: speed for name, speed in bandwidth.items() if not name.startswith("copy")}
    return copy, moved, all(speed >= BANDWIDTH * copy for speed in moved.values())


def print_summary(families, bandwidth):
    print(f"\n{'family':<16} {'timings':>7} {'geometric mean':>15} {'worst':>6}  holds (mean <= {TARGET:g}, none above {WORST:g} without a reason)")
    for family in families:
        mean, worst, holds = verdict(family)
        figures = f"{mean:15.2f} {worst:6.2f}" if mean is not None else f"{'–':>15} {'–':>6}"
        print(f"{family.name:<16} {len(family.ratios):>7} {figures}  {said(holds)}{'' if family.complete else ', incomplete'}")
    ratios = [r for family in families for r in family.ratios]
    if ratios:
        print(f"{'all':<16} {len(ratios):>7} {geometric_mean(ratios):15.2f} {max(ratios):6.2f}")
    if bandwidth:
        copy, moved, holds = large_enough(bandwidth)
        print(f"\nmemory: {copy:.1f} GB/s copied; " + ", ".join(f"{name} {speed / copy:.0%}" for name, speed in moved.items()) +
              f"; at least {BANDWIDTH:.0%}: {said(holds)}")


def rounded(value):
    return None if value is None else float(f"{value:.4g}")


def case_json(m):
    name, _ = m.peer
    explained = {"reason": m.reason} if m.reason else {}
    return {**explained, "operation": m.case.operation, "arguments": m.case.arguments, "direction": m.direction,
            "xgrad": rounded(m.best("xgrad") * 1e6),
            "peers": {peer: rounded(m.best(peer) * 1e6) for peer in m.samples if peer != "xgrad"},
            "best_peer": name, "ratio": rounded(m.ratio)}


def as_rows(families, bandwidth):
    """Rows for results.json: like the others, and with the cases that they are the mean of."""
    rows = []
    for family in families:
        mean, worst, holds = verdict(family)
        row = {"id": family.name, "work": f"{len(family.ratios)} timings of single operations, a geometric mean", "unit": "us",
               "xgrad": None, "peers": {}, "best_peer": "the best in each case", "ratio": rounded(mean), "worst_ratio": rounded(worst),
               "target": TARGET, "worst_target": WORST, "holds": holds, "cases": [case_json(m) for m in family.measured]}
        if family.missing:
            row["not_measured"] = family.missing
        rows.append(row)
    ratios = [r for family in families for r in family.ratios]
    if ratios:
        holds = [verdict(family)[2] for family in families]
        rows.append({"id": "families", "work": "all families", "unit": "us", "xgrad": None, "peers": {},
                     "best_peer": "the best in each case", "ratio": rounded(geometric_mean(ratios)), "worst_ratio": rounded(max(ratios)),
                     "target": TARGET, "worst_target": WORST,
                     "holds": False if False in holds else None if None in holds else True})
    if bandwidth:
        copy, moved, holds = large_enough(bandwidth)
        least = min(moved, key=moved.get)
        rows.append({"id": "bandwidth", "work": f"the slowest large operation ({least}) beside a copy", "unit": "GB/s",
                     "xgrad": {"median": rounded(moved[least])}, "peers": {"copy": {"median": rounded(copy)}}, "best_peer": "copy",
                     "ratio": rounded(moved[least] / copy), "target": BANDWIDTH, "holds": holds,
                     "cases": [{"operation": name, "xgrad": rounded(speed), "ratio": rounded(speed / copy)} for name, speed in moved.items()]})
    return rows
