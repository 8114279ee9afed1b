"""Writes the reference's pages: one for each public header, and one for each folder that lists them.

reference.py ROOT OUT: reads the headers that the folders' CMakeLists.txt name, and writes OUT/FOLDER/HEADER.md and OUT/index.md.
"""

import re
import sys
from pathlib import Path

FOLDERS = {
    "core": "Errors, threads, random numbers, files, memory",
    "autograd": "Tensors, operations and derivatives",
    "nn": "Modules, layers and losses",
    "optim": "Optimizers and schedules",
    "data": "Data sets, loaders, generators, files",
    "train": "Trainer, metrics, callbacks, checkpoints",
    "inspect": "The gradient inspector",
    "plot": "Figures",
}


def headers(root, folder):
    text = (root / folder / "CMakeLists.txt").read_text()
    found = []
    for keyword in ("HEADERS", "BRIDGE"):
        block = re.search(rf"\b{keyword}\b(.*?)(?=\b(?:HEADERS|BRIDGE|SOURCES|COLD)\b|\))", text, re.S)
        if block:
            found += block.group(1).split()
    return sorted(found)


def main(root, out):
    out.mkdir(parents=True, exist_ok=True)
    index = ["# Reference", "", "Every public name, by folder and header. `<xgrad/xgrad.hpp>` includes all of them but the bridge to xtensor.", ""]
    for folder, title in FOLDERS.items():
        names = headers(root, folder)
        (out / folder).mkdir(exist_ok=True)
        for name in names:
            page = out / folder / f"{Path(name).stem}.md"
            text = f"# {folder}/{name}\n\n`#include <xgrad/{folder}/{name}>`\n\n```{{doxygenfile}} {folder}/{name}\n:project: xgrad\n:sections: briefdescription detaileddescription innerclass innernamespace define enum typedef func var public-func public-static-func public-attrib public-static-attrib public-type friend related user-defined\n```\n"
            if not page.is_file() or page.read_text() != text:
                page.write_text(text)
        listing = "\n".join(f"{folder}/{Path(name).stem}" for name in names)
        index += [f"## {folder}: {title}", "", "```{toctree}", ":maxdepth: 1", "", listing, "```", ""]
    text = "\n".join(index)
    page = out / "index.md"
    if not page.is_file() or page.read_text() != text:
        page.write_text(text)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
