"""Sphinx's settings. `./run docs` sets XGRAD_OUTPUT, where the tutorials' output lies."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

project = "xgrad"
copyright = "its authors"
author = "its authors"
extensions = ["myst_parser", "tutorials"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["site/*.md"]
myst_enable_extensions = ["colon_fence", "dollarmath", "deflist"]
myst_heading_anchors = 3
highlight_language = "cpp"

# Links to other hosts are not asked: this is built where there is no network.
linkcheck_ignore = [r"https?://.*"]

html_theme = "furo"
html_title = "xgrad"
html_static_path = ["static"]
html_css_files = ["xgrad.css"]
html_show_sphinx = False
html_copy_source = False
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#0b63a5", "color-brand-content": "#0b63a5"},
    "dark_css_variables": {"color-brand-primary": "#6ab7f5", "color-brand-content": "#6ab7f5"},
}
