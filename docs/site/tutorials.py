"""What the tutorials' pages say of their programs.

    {value}`NAME:key`                what the program NAME printed as `key = value`
    ```{program-output} NAME         all that it printed
    ```{program-figure} NAME/figure  a figure that it drew, with `:alt:`; in the dark, the one called figure-dark

The output lies in the folder XGRAD_OUTPUT: NAME.txt, and figures in NAME/. What is missing is an error: a page must not show
numbers that no run gave.
"""

import os
import shutil
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import Directive, directives
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxRole


def folder():
    return Path(os.environ["XGRAD_OUTPUT"])


def output(name):
    path = folder() / f"{name}.txt"
    if not path.is_file():
        raise ExtensionError(f"there is no output of the program {name}: {path}")
    return path.read_text()


def values(name):
    found = {}
    for line in output(name).splitlines():
        key, equals, value = line.partition(" = ")
        if equals and key.isidentifier():
            found[key] = value.strip()
    return found


class Value(SphinxRole):
    def run(self):
        name, _, key = self.text.partition(":")
        found = values(name)
        if key not in found:
            raise ExtensionError(f"{self.env.docname}: the program {name} printed no '{key} = …', only {', '.join(found)}")
        return [nodes.inline(text=readable(found[key]), classes=["value"])], []


def readable(number):
    """1.2e-07 as 1.2·10⁻⁷."""
    base, e, exponent = number.partition("e")
    if not e:
        return number.replace("-", "−")
    digits = str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{base.replace('-', '−')}·10{digits}"


class ProgramOutput(Directive):
    required_arguments = 1

    def run(self):
        text = output(self.arguments[0]).rstrip()
        block = nodes.literal_block(text, text)
        block["language"] = "none"
        block["classes"] = ["program-output"]
        return [block]


class ProgramFigure(Directive):
    required_arguments = 1
    option_spec = {"alt": directives.unchanged_required}

    def run(self):
        env = self.state.document.settings.env
        name = self.arguments[0]
        images = []
        for suffix, kind in (("", "figure-light"), ("-dark", "figure-dark")):
            source = folder() / f"{name}{suffix}.svg"
            if not source.is_file():
                if suffix:
                    images[0]["classes"] = []  # one for both
                    continue
                raise ExtensionError(f"{env.docname}: there is no figure {source}")
            target = Path(env.srcdir) / "tutorials" / "figures" / f"{name.replace('/', '_')}{suffix}.svg"
            target.parent.mkdir(exist_ok=True)
            shutil.copyfile(source, target)
            images.append(nodes.image(uri=f"/tutorials/figures/{target.name}", alt=self.options["alt"], classes=[kind]))
        paragraph = nodes.paragraph()
        for image in images:
            paragraph += image
        return [paragraph]


def setup(app):
    app.add_role("value", Value())
    app.add_directive("program-output", ProgramOutput)
    app.add_directive("program-figure", ProgramFigure)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
