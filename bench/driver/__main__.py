"""Measures xgrad and its peers turn about, prints a table, and writes build/bench/results.json."""

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

import families as family_list
import peers as peer_list
import process
import report
import rows as row_list

ROOT = peer_list.BENCH.parent


def arguments():
    parser = argparse.ArgumentParser(prog="./run bench", description=__doc__)
    parser.add_argument("--peers", action="store_true", help="also ask JAX, PyTorch and Keras, installed under build/bench/venv first")
    parser.add_argument("--rows", default="", help="the rows to measure, as in A,B,G,softmax; families stands for all families of operations; "
                        "all that xgrad does if not given")
    parser.add_argument("--rounds", type=int, default=5, help=f"how often each row is run, turn about (5); families are always run "
                        f"{family_list.ROUNDS} times")
    parser.add_argument("--build", type=Path, default=ROOT / "build" / os.environ.get("XGRAD_PRESET", "release"),
                        help="the build folder of xgrad")
    args = parser.parse_args()
    if args.rounds < 1:
        parser.error("--rounds must be at least 1")
    known = {name.lower(): name for row in row_list.ROWS for name in (row.program_row, row.id)}
    args.families, rows = [], []
    for name in (name.strip() for name in args.rows.split(",") if name.strip()):
        if name.lower() in known:
            rows.append(known[name.lower()])
        elif name.lower() in family_list.FAMILIES:
            args.families.append(name.lower())
        elif name.lower() == "families":
            args.families += family_list.FAMILIES
        else:
            parser.error(f"no row {name}; there are {', '.join([*(row.id for row in row_list.ROWS), *family_list.FAMILIES, 'families'])}")
    if not args.rows:
        args.families = list(family_list.FAMILIES)
    args.all, args.rows = not args.rows, rows
    return args


class Bench:
    def __init__(self, args):
        self.rounds = args.rounds
        self.build = args.build.resolve()
        self.out = ROOT / "build" / "bench"
        self.out.mkdir(parents=True, exist_ok=True)
        self.program = self.build / "bench" / "xgrad_bench"
        self.xgrad = peer_list.Variant("", [self.program])
        self.peers, self.torches = peer_list.all_peers(self.out, args.peers)
        self.peaks = {}

    def own_rows(self):
        """The rows that xgrad_bench has."""
        try:
            return set(process.run([self.program, "rows"]).text.split())
        except process.Failed as error:
            print(f"bench: {self.program}: {error}: xgrad is not measured", file=sys.stderr)
            return set()

    def rounds_of(self, measured, runners):
        """Runs all `runners` turn about, so that whatever the machine does meanwhile befalls all of them alike.

        A runner returns its figure; one that fails is not measured, in this row.
        """
        for _ in range(self.rounds):
            for name, runner in list(runners.items()):
                try:
                    measured.samples.setdefault(name, []).append(runner())
                except process.Failed as error:
                    measured.samples.pop(name, None)
                    measured.missing[name] = str(error)
                    del runners[name]

    def chosen_variants(self, measured):
        """The best variant of each peer for this row; says in `measured` who has none."""
        chosen = {}
        for name in measured.row.peers:
            peer = self.peers[name]
            try:
                if peer.missing:
                    raise process.Failed(peer.missing)
                chosen[name] = peer.best_variant(measured.row.program_row)
                measured.choices[name] = chosen[name].label
            except process.Failed as error:
                measured.missing[name] = str(error)
        return chosen

    def measure_program(self, measured):
        row = measured.row
        peaks = self.peaks.setdefault(row.id, {})

        def runner(name, variant):
            def run():
                outcome = variant.measure(row.own_row if name == "xgrad" else row.program_row)
                figures = outcome.json()
                peaks.setdefault(name, []).append(outcome.peak_mb)
                if row.own and name == "xgrad":
                    measured.ratios.append(figures["ratio"])
                return outcome.seconds if row.kind == "whole" else figures["median"]

            return run

        variants = {"xgrad": self.xgrad, **self.chosen_variants(measured)}
        self.rounds_of(measured, {name: runner(name, variant) for name, variant in variants.items()})

    def measure_compile(self, measured):
        scripts = peer_list.BENCH / "scripts"
        # A compiler cache would answer from the second round on.
        env = {"CCACHE_DISABLE": "1"}

        def runner(script, flags):
            def run():
                with tempfile.TemporaryDirectory() as folder:
                    command = ["g++", "-O2", "-std=c++20", "-c", scripts / script, *flags, "-o", f"{folder}/script.o"]
                    return process.run(command, env).seconds

            return run

        runners = {"xgrad": runner("xgrad_script.cpp", [f"-I{self.build / 'include'}"])}
        for name, torch in self.torches.items():
            if torch is None:
                measured.missing[name] = self.peers[name].missing or "not installed"
            else:
                runners[name] = runner("torch_script.cpp", torch.compile_flags())
        self.rounds_of(measured, runners)

    def measure_peak(self, measured):
        row = measured.row.id.replace("K", "G")
        peaks = self.peaks.get(row) or {}
        measured.samples.update(peaks)
        for name in ("xgrad", *measured.row.peers):
            if name not in peaks:
                measured.missing[name] = self.peers[name].missing if name in self.peers else f"row {row} was not measured"

    def measure_size(self, measured):
        found = sorted(path for path in self.build.glob("libxgrad.so*") if not path.is_symlink())
        if found:
            with tempfile.TemporaryDirectory() as folder:
                copy = Path(folder) / "libxgrad.so"
                shutil.copyfile(found[-1], copy)
                process.run(["strip", copy])
                measured.samples["xgrad"] = [copy.stat().st_size / 1e6]
        else:
            measured.missing["xgrad"] = "no libxgrad.so in the build folder"
        for name, torch in self.torches.items():
            if torch is None:
                measured.missing[name] = self.peers[name].missing or "not installed"
            else:
                measured.samples[name] = [torch.size_mb()]

    def measure(self, row):
        measured = row_list.Measured(row)
        by_kind = {"program": self.measure_program, "whole": self.measure_program, "compile": self.measure_compile, "peak": self.measure_peak, "size": self.measure_size}
        by_kind[row.kind](measured)
        return measured

    def measure_families(self, names):
        """The families of these names, and the speed of memory; prints each as soon as it is measured."""
        bench = family_list.Families(self.program, self.peers, self.torches, self.out)
        for name, reason in bench.missing.items():
            print(f"families: {name} not measured: {reason}")
        families = []
        try:
            for name in dict.fromkeys(names):
                families.append(bench.measure(name))
                family_list.print_family(families[-1])
        finally:
            bench.close()
        return families, bench.bandwidth()

    def warm(self):
        """What warm training steps allocate."""
        try:
            return process.run([self.program, "warm"]).json()
        except process.Failed as error:
            print(f"bench: warm steps not counted: {error}", file=sys.stderr)
            return None

    def machine(self):
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        cpu = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "unknown")
        try:
            blas = process.run([self.program, "blas"]).text.strip()
        except process.Failed:
            blas = "unknown"
        return {"cpu": cpu, "cores": peer_list.CORES, "blas": blas}


def main():
    args = arguments()
    load = os.getloadavg()[0]
    if load > 0.5:
        print(f"bench: other programs run on this machine (load {load:.1f}): expect noise", file=sys.stderr)
    bench = Bench(args)
    own = bench.own_rows()
    if not args.all:
        rows = [row for row in row_list.ROWS if row.id in args.rows or row.program_row in args.rows]
    else:
        default = own or {"A", "B", "D", "E", "G"}
        rows = [row for row in row_list.ROWS if row.kind not in ("program", "whole") or row.own_row in default]
    machine = bench.machine()
    print(f"{machine['cpu']}, {machine['cores']} cores; xgrad runs {machine['blas']}; medians [least–greatest] of {args.rounds} rounds")
    results = []
    for row in rows:
        results.append(bench.measure(row))
        report.print_row(results[-1])
        sys.stdout.flush()
    families, bandwidth = bench.measure_families(args.families) if args.families and own else ([], None)
    warm = bench.warm() if own and results else None
    if results:
        report.print_table(results, warm)
    if families:
        family_list.print_summary(families, bandwidth)
    path = bench.out / "results.json"
    report.write_json(path, machine, results, warm, family_list.as_rows(families, bandwidth))
    print(f"\nThe same in {os.path.relpath(path)}")


main()
