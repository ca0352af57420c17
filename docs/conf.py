# SPDX-License-Identifier: Apache-2.0
"""Sphinx configuration: the pages of this folder, one page with the examples and, by Breathe, a page of reference for
each header that Doxygen has read. scripts/docs runs it on a copy of the folder, next to a copy of examples/; the
last two are written into that copy."""
import logging
import re
from pathlib import Path
from xml.etree import ElementTree

project = "libgumbelcuda"
author = copyright = "the authors of libgumbelcuda, Apache-2.0"
extensions = ["breathe", "myst_parser"]
exclude_patterns = ["xml"]
html_theme = "furo"
html_title = "libgumbelcuda"
html_show_sphinx = False
html_copy_source = False
highlight_language = "none"
myst_heading_anchors = 3
nitpicky = False

breathe_projects = {"gumbelcuda": str(Path(__file__).parent / "xml")}
breathe_default_project = "gumbelcuda"
breathe_default_members = ("members",)
breathe_show_include = False

# Folders of include/gumbelcuda/ in the order of the reference; other folders follow.
LAYERS = {"": "The library", "c": "C", "device": "For your own kernels", "math": "Mathematics on one lane"}


def headers():
    """{folder: [path of a header with declarations]}, as Doxygen found them."""
    found = {folder: [] for folder in LAYERS}
    index = ElementTree.parse(Path(__file__).parent / "xml" / "index.xml")
    for compound in index.iterfind("compound[@kind='file']"):
        file = ElementTree.parse(Path(__file__).parent / "xml" / f"{compound.get('refid')}.xml").find("compounddef")
        path = file.find("location").get("file").removeprefix("include/")
        if any(file.find(kind) is not None for kind in ("innerclass", "innernamespace", "sectiondef")):
            folder = str(Path(path).relative_to("gumbelcuda").parent).removeprefix(".")
            found.setdefault(folder, []).append(path)
    return found


def leave_private_out():
    """Removes private members from the XML; Doxygen hides them only from its own pages."""
    xml = Path(__file__).parent / "xml"
    for path in [*xml.glob("class*.xml"), *xml.glob("struct*.xml")]:
        tree = ElementTree.parse(path)
        compound = tree.find("compounddef")
        for part in compound.findall("sectiondef") + compound.findall("innerclass"):
            if part.get("kind", part.get("prot")).startswith("private"):
                compound.remove(part)
        tree.write(path, encoding="utf-8", xml_declaration=True)


def write_reference(_):
    leave_private_out()
    folder = Path(__file__).parent / "reference"
    folder.mkdir(exist_ok=True)
    index = "# Reference\n\nFrom the headers. Everything is in `namespace gumbelcuda`.\n"
    for layer, paths in headers().items():
        pages = []
        for path in sorted(paths):
            name = re.sub(r"\W", "-", path)
            title = path.removeprefix("gumbelcuda/")
            (folder / f"{name}.md").write_text(f"# {title}\n\n```{{doxygenfile}} {path}\n```\n")
            pages.append(f"{name}\n")
        if pages:
            caption = LAYERS.get(layer, layer)
            index += f"\n```{{toctree}}\n:caption: {caption}\n:maxdepth: 1\n\n{''.join(pages)}```\n"
    (folder / "index.md").write_text(index)


def write_examples(_):
    """The page of the examples' folder, with the programs below it."""
    folder = Path(__file__).parent.parent / "examples"
    page = (folder / "README.md").read_text().replace("](../docs/", "](")
    for path in sorted([*folder.glob("*.c*"), *folder.glob("*.hpp")]):
        page = page.replace(f"]({path.name})", f"](#{path.name.replace('.', '')})")
        language = {".c": "c", ".cpp": "cpp", ".hpp": "cpp", ".cu": "cuda"}[path.suffix]
        page += f"\n## {path.name}\n\n```{{literalinclude}} ../examples/{path.name}\n:language: {language}\n```\n"
    for path in [*folder.glob("*.ipynb"), *folder.glob("*/*.*")]:  # these can be downloaded
        name = path.relative_to(folder).as_posix()
        page = page.replace(f"]({name})", f"](../examples/{name})")
    Path(__file__).with_name("examples.md").write_text(page)


def is_news(record):
    """Drops the warning that the namespace, which every page opens, was already opened."""
    return ".. cpp:type:: gumbelcuda'" not in record.getMessage()


def setup(app):
    logging.getLogger("sphinx.sphinx.domains.cpp").addFilter(is_news)
    app.connect("builder-inited", write_examples)
    app.connect("builder-inited", write_reference)
