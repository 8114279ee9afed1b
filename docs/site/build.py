"""build.py ROOT OUT: Doxygen, the reference's pages, Sphinx, and a check of all links within the site.

The pages are copied to OUT/source, since Sphinx wants all of them below one folder; what has not changed keeps its time, so that only
what has changed is built again.
"""

import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


def fail(message):
    print(f"docs: {message}", file=sys.stderr)
    sys.exit(1)


def copy_pages(root, source):
    """Copies docs/ without programs' build files; what is gone there goes here, too."""
    wanted = set()
    for path in sorted((root / "docs").rglob("*")):
        if path.suffix in {".md", ".svg", ".py", ".css"} or (path.suffix in {".cpp", ".hpp"} and path.parent.name == "tutorials"):
            target = source / path.relative_to(root / "docs")
            wanted.add(target)
            target.parent.mkdir(parents=True, exist_ok=True)
            if not target.is_file() or target.read_bytes() != path.read_bytes():
                shutil.copyfile(path, target)
    for path in sorted(source.rglob("*.md")):
        if path not in wanted and path.relative_to(source).parts[0] != "reference":
            path.unlink()
    return wanted


def doxygen(root, out):
    """The XML of all public headers, made again when one of them changed."""
    xml = out / "doxygen" / "xml"
    reference = __import__("reference")
    headers = [root / folder / name for folder in reference.FOLDERS for name in reference.headers(root, folder)]
    settings = root / "docs" / "site" / "Doxyfile"
    stamp = out / "doxygen" / "made"
    if stamp.is_file() and all(p.stat().st_mtime <= stamp.stat().st_mtime for p in [*headers, settings]):
        return xml
    shutil.rmtree(out / "doxygen", ignore_errors=True)
    (out / "doxygen").mkdir(parents=True)
    text = settings.read_text() + f"\nOUTPUT_DIRECTORY = {out / 'doxygen'}\nSTRIP_FROM_PATH = {root}\nINPUT = " + " ".join(map(str, headers)) + "\n"
    done = subprocess.run(["doxygen", "-"], input=text, text=True, capture_output=True)
    if done.returncode != 0 or done.stderr.strip():
        fail("Doxygen says:\n" + done.stderr)
    stamp.touch()
    return xml


class Links(HTMLParser):
    def __init__(self):
        super().__init__()
        self.links, self.ids = [], set()

    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            if name in ("href", "src") and value:
                self.links.append(value)
            if name in ("id", "name") and value:
                self.ids.add(value)


def check_links(html):
    """Every link within the site leads somewhere; no page asks another host for anything but where the reader clicks."""
    pages = {}
    for path in html.rglob("*.html"):
        parser = Links()
        parser.feed(path.read_text(errors="replace"))
        pages[path.resolve()] = parser
    bad = []
    for path, parser in pages.items():
        for link in parser.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if target.is_dir():
                target = target / "index.html"
            if not target.exists():
                bad.append(f"{path.relative_to(html.resolve())}: {link}: there is no such file")
            elif parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].ids:
                bad.append(f"{path.relative_to(html.resolve())}: {link}: there is no such place")
        text = path.read_text(errors="replace")
        for match in re.finditer(r"<(?:script|link|img|iframe)[^>]+(?:src|href)=\"(https?:[^\"]+)", text):
            bad.append(f"{path.relative_to(html.resolve())}: fetches {match.group(1)}")
    if bad:
        fail("links that lead nowhere:\n  " + "\n  ".join(sorted(set(bad))[:50]))
    print(f"docs: {len(pages)} pages, all links within them lead somewhere")


def main(root, out):
    sys.path.insert(0, str(root / "docs" / "site"))
    source, html = out / "source", out / "html"
    copy_pages(root, source)
    xml = doxygen(root, out)
    subprocess.run([sys.executable, "-B", root / "docs" / "site" / "reference.py", root, xml, source / "reference"], check=True)
    environment = {**os.environ, "XGRAD_OUTPUT": str(out / "output")}
    # The tutorials' pages change with their output, which Sphinx does not watch.
    newest = max((p.stat().st_mtime for p in (out / "output").glob("*.txt")), default=0)
    for page in (source / "tutorials").glob("*.md"):
        if page.stat().st_mtime < newest:
            page.touch()
    command = [sys.executable, "-B", "-m", "sphinx", "-W", "--keep-going", "-q", "-j", "auto", "-b", "html", "-c", source / "site",
               "-d", out / "doctrees", source, html]
    if subprocess.run(command, env=environment).returncode != 0:
        fail("Sphinx found faults")
    check_links(html)
    print(f"docs: {html / 'index.html'}")


main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve())
