"""What the measurements say: the ratios, the verdicts, the table and results.json."""

import json
import os
import statistics


def summary(samples):
    return {"median": statistics.median(samples), "min": min(samples), "max": max(samples), "n": len(samples)}


def rounded(value):
    return float(f"{value:.4g}")


def judge(measured):
    """best_peer, ratio, target and holds of a row; each None where there is nothing to judge by.

    Of several races the one that is lost most clearly, or won most narrowly, is told. A race with no peer measured leaves the row
    undecided: an absent peer is not beaten.
    """
    row, samples = measured.row, measured.samples
    verdict = {"best_peer": None, "ratio": None, "target": row.limit, "holds": None}
    medians = {name: statistics.median(values) for name, values in samples.items()}
    own = medians.pop("xgrad", None)
    if medians:
        verdict["best_peer"] = min(medians, key=medians.get)
        if own is not None:
            verdict["ratio"] = own / medians[verdict["best_peer"]]
    if row.own:
        verdict.update(best_peer=row.own, ratio=None)
        if own is not None:
            ratio = statistics.median(measured.ratios)
            verdict.update(ratio=ratio, holds=ratio <= row.limit)
        return verdict
    if row.limit is not None:
        verdict["holds"] = own <= row.limit if own is not None else None
        return verdict

    decided, tightest = True, 0.0
    for race in row.races:
        racers = {name: medians[name] for name in race.peers if name in medians}
        if own is None or not racers:
            decided = False
            verdict["target"] = race.target if verdict["target"] is None else verdict["target"]
            continue
        best = min(racers, key=racers.get)
        ratio = own / racers[best]
        if ratio / race.target > tightest:
            tightest = ratio / race.target
            verdict.update(best_peer=best, ratio=ratio, target=race.target)
    if own is not None and row.races and tightest == 0:
        verdict.update(best_peer=None, ratio=None)  # whoever is there is no racer
    if tightest > 1:
        verdict["holds"] = False
    elif decided and row.races:
        verdict["holds"] = True
    return verdict


def as_json(measured):
    row, verdict = measured.row, judge(measured)
    figures = {name: {k: v if k == "n" else rounded(v) for k, v in summary(values).items()}
               for name, values in measured.samples.items()}
    own = figures.pop("xgrad", None)
    for name, label in measured.choices.items():
        if name in figures:
            figures[name]["variant"] = label
    ratio = verdict["ratio"]
    result = {"id": row.id, "work": row.work, "unit": row.unit, "xgrad": own, "peers": figures, "best_peer": verdict["best_peer"],
              "ratio": rounded(ratio) if ratio is not None else None, "target": verdict["target"], "holds": verdict["holds"]}
    if row.limit is not None and not row.own:
        result["target_unit"] = row.unit  # the target is no ratio but xgrad's own figure
    if measured.missing:
        result["not_measured"] = measured.missing
    return result


def write_json(path, machine, rows, warm, more_rows=()):
    result = {"machine": machine, "rows": [*(as_json(m) for m in rows), *more_rows]}
    if warm:
        result["warm_steps"] = warm
    # Written whole or not at all: a reader never sees half of it.
    draft = path.with_suffix(".part")
    draft.write_text(json.dumps(result, indent=1) + "\n")
    os.replace(draft, path)


def number(value):
    if value is None:
        return "–"
    if value >= 100:
        return f"{value:.0f}"
    return f"{value:.3g}"


def span(samples):
    s = summary(samples)
    return f"{number(s['median'])} [{number(s['min'])}–{number(s['max'])}]"


def print_row(measured):
    """All that was measured of one row, as soon as it is."""
    row = measured.row
    print(f"\n{row.id}  {row.work} ({row.unit})")
    for name, samples in measured.samples.items():
        label = measured.choices.get(name, "")
        print(f"   {name:<16} {span(samples):<26} {label}")
    if measured.ratios:
        print(f"   ratio to {row.own}: {span(measured.ratios)}")
    for name, reason in measured.missing.items():
        print(f"   {name:<16} not measured: {reason}")


def print_table(rows, warm):
    columns = ["row", "work", "unit", "xgrad", "best peer", "its median", "ratio", "at most", "holds"]
    lines = []
    for measured in rows:
        row, verdict = measured.row, judge(measured)
        own = measured.samples.get("xgrad")
        best = measured.samples.get(verdict["best_peer"])
        if row.own:
            at_most = f"{row.limit:g}"
        elif row.limit is not None:
            at_most = f"{row.limit:g} {row.unit}"
        else:
            at_most = number(verdict["target"])
        lines.append([row.id, row.work, row.unit, span(own) if own else "not measured", verdict["best_peer"] or "not measured",
                      number(summary(best)["median"]) if best else "–", number(verdict["ratio"]), at_most,
                      {True: "yes", False: "NO", None: "–"}[verdict["holds"]]])
    widths = [max(len(line[i]) for line in [columns, *lines]) for i in range(len(columns))]
    print()
    for line in [columns, ["-" * w for w in widths], *lines]:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip())
    absent = sorted({name for measured in rows for name in measured.missing if name != "xgrad"})
    if absent:
        print(f"not measured in every row, and not counted as beaten there: {', '.join(absent)}")
    for name, counts in (warm or {}).items():
        print(f"warm steps of {name}: {counts['allocations']} allocations and {counts['faults']} page faults in {counts['steps']} steps")
