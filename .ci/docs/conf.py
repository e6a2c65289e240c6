"""Settings of Sphinx. The pages are in jupyter_distill/docs; `make docs` builds them."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE))

import figures  # noqa: E402

import jupyter_distill  # noqa: E402

project = "jupyter_distill"
author = "jupyter_distill developers"
version = release = jupyter_distill.__version__
language = "en_GB"
html_title = f"jupyter_distill {version}"

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "numpydoc",
    "mathml",
    "directives",
]
myst_enable_extensions = ["dollarmath", "colon_fence", "deflist"]
myst_heading_anchors = 3
html_math_renderer = "mathml"
default_role = "py:obj"
autodoc_typehints = "none"  # the docstrings say them in words
autodoc_member_order = "bysource"
autodoc_class_signature = "mixed"
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False

html_theme = "furo"
html_static_path = ["style"]
html_css_files = ["docs.css"]
html_js_files = ["docs.js"]
html_extra_path = [str(figures.FOLDER)]  # the live pictures
html_show_sourcelink = False
html_copy_source = False
html_show_copyright = False

figures.make()  # before the pages that show them
