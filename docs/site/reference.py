"""Writes the reference's pages from Doxygen's XML: one for each public header, and an index.

reference.py ROOT XML OUT. Sphinx's own C++ domain, by way of Breathe, was tried and left: it cannot read default arguments such as
`{.dtype = int64}`, and warns about some four hundred declarations.
"""

import re
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

FOLDERS = {
    "autograd": "Tensors, operations and derivatives",
    "nn": "Modules, layers and losses",
    "optim": "Optimizers and schedules",
    "data": "Data sets, loaders, generators, files",
    "train": "Trainer, metrics, callbacks, tuner, checkpoints",
    "inspect": "The gradient inspector",
    "plot": "Figures",
    "core": "Errors, threads, random numbers, files, memory",
}


def headers(root, folder):
    """The public headers, as the folder's CMakeLists.txt names them."""
    text = (root / folder / "CMakeLists.txt").read_text()
    found = []
    for keyword in ("HEADERS", "BRIDGE"):
        block = re.search(rf"\b{keyword}\b(.*?)(?=\b(?:HEADERS|BRIDGE|SOURCES|COLD)\b|\))", text, re.S)
        if block:
            found += block.group(1).split()
    return sorted(found)


def escaped(text):
    return re.sub(r"([\\*<>\[\]$`#|~])", r"\\\1", text)


def plain(element):
    return re.sub(r"\s+", " ", "".join(element.itertext())).strip() if element is not None else ""


def inline(element):
    """The text of a paragraph with what is marked in it."""
    text = escaped(element.text or "")
    for child in element:
        if child.tag == "computeroutput":
            code = plain(child)
            text += f"`` {code} ``" if "`" in code else f"`{code}`"
        elif child.tag in ("emphasis", "bold"):
            mark = "*" if child.tag == "emphasis" else "**"
            text += f"{mark}{inline(child).strip()}{mark}"
        elif child.tag in ("ref", "ulink"):
            text += escaped(plain(child))
        elif child.tag == "linebreak":
            text += " "
        elif child.tag in BLOCKS:
            text += "\n\n" + block(child) + "\n\n"
        else:
            text += inline(child)
        text += escaped(child.tail or "")
    return text


def code_of(element):
    lines = []
    for line in element.iter("codeline"):
        text = ""
        for part in line.iter():
            if part.tag == "sp":
                text += " "
            elif part.text:
                text += part.text
            if part is not line and part.tail:
                text += part.tail
        lines.append(text.rstrip())
    return "\n".join(lines)


def block(element):
    if element.tag == "programlisting":
        return f"```text\n{code_of(element)}\n```" if "…" in code_of(element) else f"```cpp\n{code_of(element)}\n```"
    if element.tag in ("verbatim", "preformatted"):
        return f"```text\n{(element.text or '').strip()}\n```"
    if element.tag in ("itemizedlist", "orderedlist"):
        return "\n".join("- " + paragraphs(item).replace("\n", "\n  ") for item in element.findall("listitem"))
    if element.tag == "simplesect":
        return paragraphs(element)
    return inline(element)


BLOCKS = {"programlisting", "verbatim", "preformatted", "itemizedlist", "orderedlist", "simplesect"}


def paragraphs(element):
    if element is None:
        return ""
    parts = []
    for para in element.findall("para"):
        text = re.sub(r"[ \t]*\n[ \t]*(?![ \t]*\n)", "\n", inline(para))
        parts += [part if part.startswith(("```", "- ")) else re.sub(r"\s*\n\s*", " ", part).strip() for part in re.split(r"\n{2,}", text)]
    joined, inside = [], None
    for part in parts:  # code with blank lines was cut up; put it together again
        if inside is not None:
            inside += "\n\n" + part
            if part.endswith("```"):
                joined.append(inside)
                inside = None
        elif part.startswith("```") and not (part.endswith("```") and len(part) > 6):
            inside = part
        elif part:
            joined.append(part)
    return "\n\n".join(joined)


def words(entry):
    return "\n\n".join(filter(None, (paragraphs(entry.find("briefdescription")), paragraphs(entry.find("detaileddescription")))))


def signature(member):
    return re.sub(r"\s+>", ">", re.sub(r"<\s+", "<", raw_signature(member)))


def raw_signature(member):
    template = member.find("templateparamlist")
    text = ""
    if template is not None:
        text += "template <" + ", ".join(f"{plain(p.find('type'))} {plain(p.find('declname'))}".strip() for p in template.findall("param")) + ">\n"
    if member.get("kind") == "function":
        result = plain(member.find("type"))
        return text + f"{result + ' ' if result else ''}{plain(member.find('name'))}{plain(member.find('argsstring'))};".replace("XG_EXPORT ", "")
    initializer = plain(member.find("initializer"))
    if member.get("kind") == "typedef":
        return text + re.sub(r"^(?:template <.*?> )?", "", plain(member.find("definition"))) + ";"
    return text + f"{plain(member.find('type'))} {plain(member.find('name'))}{plain(member.find('argsstring'))}{' ' + initializer if initializer else ''};".replace("XG_EXPORT ", "")


def enum_text(member):
    lines = [f"### enum {plain(member.find('name'))}", "", words(member), ""]
    for value in member.findall("enumvalue"):
        text = words(value).replace("\n", " ")
        lines.append(f"- `{plain(value.find('name'))}`" + (f": {text}" if text else ""))
    return "\n".join(lines) + "\n"


def members_text(members):
    """Members that share a description stand together, as in the header: the first has it."""
    groups = []
    for member in members:
        if member.get("kind") == "enum":
            groups.append(enum_text(member))
            continue
        text = words(member)
        if not text and groups and isinstance(groups[-1], list):
            groups[-1][0].append(signature(member))
        else:
            groups.append([[signature(member)], text])
    out = []
    for group in groups:
        if isinstance(group, str):
            out.append(group)
        else:
            code = "\n".join(group[0])
            out.append(f"```cpp\n{code}\n```\n\n{group[1]}\n" if group[1] else f"```cpp\n{code}\n```\n")
    return "\n".join(out)


def fields_text(members):
    """The options of an aggregate as a list."""
    return "\n".join(f"- `{signature(m)[:-1]}`" + (f": {words(m)}".replace("\n", " ") if words(m) else "") for m in members) + "\n"


def class_text(compound):
    name = plain(compound.find("compoundname")).removeprefix("xg::")
    template = compound.find("templateparamlist")
    public = [m for section in compound.findall("sectiondef") for m in section.findall("memberdef")
              if m.get("prot") in ("public", "protected") and plain(m.find("name")) not in ("",)]
    if not words(compound) and not any(words(m) for m in public):
        return ""
    kind = compound.get("kind")
    lines = [f"## {kind} {escaped(name)}", ""]
    bases = [plain(b) for b in compound.findall("basecompoundref") if "detail" not in plain(b)]
    if template is not None:
        lines += [f"A template of {', '.join('`' + plain(p.find('declname') if p.find('declname') is not None else p.find('type')) + '`' for p in template.findall('param'))}.", ""]
    if bases:
        lines += [f"Derives from {', '.join(f'`{b}`' for b in bases)}.", ""]
    lines += [words(compound), ""]
    hidden = re.compile(r"^(operator=|~)")
    members = [m for m in public if not hidden.match(plain(m.find("name"))) and not ("=delete" in plain(m.find("argsstring")).replace(" ", ""))]
    fields = [m for m in members if m.get("kind") == "variable"]
    rest = [m for m in members if m.get("kind") != "variable"]
    if fields:
        lines += [fields_text(fields)]
    if rest:
        lines += [members_text(rest)]
    return "\n".join(lines) + "\n"


def place(element, root):
    location = element.find("location")
    if location is None:
        return None, 0
    path = location.get("declfile") or location.get("file")
    line = location.get("declline") or location.get("line")
    return path.removeprefix(f"{root}/"), int(line or 0)


def write(path, text):
    """Pages that are the same keep their time, so that Sphinx leaves them alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.is_file() or path.read_text() != text:
        path.write_text(text)


def main(root, xml, out):
    found = {}  # header -> [(line, text or member)]
    for path in sorted(xml.glob("*.xml")):
        if not path.name.startswith(("class", "struct", "namespace", "concept")):
            continue
        compound = ElementTree.parse(path).getroot().find("compounddef")
        if compound is None or "detail" in plain(compound.find("compoundname")).split("::"):
            continue
        if compound.get("kind") == "namespace":
            for section in compound.findall("sectiondef"):
                for member in section.findall("memberdef"):
                    header, line = place(member, root)
                    found.setdefault(header, []).append((line, member))
        elif compound.get("kind") in ("class", "struct") and compound.get("prot", "public") == "public":
            header, line = place(compound, root)
            found.setdefault(header, []).append((line, class_text(compound)))
    index = ["# Reference", "", "Every public name, by folder and header. `<xgrad/xgrad.hpp>` includes all of them but the bridge to xtensor.", ""]
    wanted = {out / "index.md"}
    for folder, title in FOLDERS.items():
        names = headers(root, folder)
        for name in names:
            parts, run = [], []
            for _, entry in sorted(found.get(f"{folder}/{name}", []), key=lambda e: e[0]):
                if isinstance(entry, str):
                    parts += [members_text(run)] if run else []
                    run = []
                    parts += [entry] if entry else []
                else:
                    run.append(entry)
            parts += [members_text(run)] if run else []
            about = file_comment(root / folder / name)
            page = out / folder / f"{Path(name).stem}.md"
            text = f"# {folder}/{name}\n\n`#include <xgrad/{folder}/{name}>`\n\n{about}" + "\n".join(parts)
            write(page, text.replace("### enum", "## enum"))
            wanted.add(page)
        listing = "\n".join(f"{folder}/{Path(name).stem}" for name in names)
        index += [f"## {folder}: {title}", "", "```{toctree}", ":maxdepth: 1", "", listing, "```", ""]
    write(out / "index.md", "\n".join(index))
    for page in out.rglob("*.md"):
        if page not in wanted:
            page.unlink()


def file_comment(path):
    """What a header says of all it holds: a comment of `//` lines between its includes and its first name."""
    match = re.search(r"\n\n((?://(?!/)[^\n]*\n)+)\nnamespace", path.read_text())
    if not match:
        return ""
    lines = [line[2:].strip() for line in match.group(1).splitlines()]
    text = "\n".join(lines)
    return "\n\n".join(escaped(re.sub(r"\s*\n\s*", " ", part)).replace("\\`", "`") for part in re.split(r"\n{2,}", text)) + "\n\n"


if __name__ == "__main__":
    main(*(Path(argument).resolve() for argument in sys.argv[1:4]))
