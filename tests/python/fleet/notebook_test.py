# SPDX-License-Identifier: Apache-2.0
"""The notebook of the article runs from top to bottom, and its tables are those that are recorded in it."""

from pathlib import Path

import pytest

NOTEBOOK = Path(__file__).parents[3] / "examples" / "the_article.ipynb"


def tables(notebook):
    return [
        output.data["text/html"]
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if "text/html" in output.get("data", {})
    ]


def test_the_article(tmp_path):
    nbclient, nbformat = pytest.importorskip("nbclient"), pytest.importorskip("nbformat")
    for package in ("ipykernel", "matplotlib", "pandas"):
        pytest.importorskip(package)
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    recorded = tables(notebook)
    # A cell that raises fails the test.
    nbclient.NotebookClient(
        notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    ).execute()
    assert len(recorded) == 2 and tables(notebook) == recorded
    last = notebook.cells[-1].outputs[0].data
    assert "image/png" in last, "the heat map"
