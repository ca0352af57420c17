# SPDX-License-Identifier: Apache-2.0
"""A fleet as a notebook shows it: one line, and a short table."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gumbelcuda.fleet_result import FleetResult

MOST_CLASSES = 12


def table(fleet: FleetResult) -> str:
    numbers = fleet.summary()
    shown = min(fleet.classes, MOST_CLASSES)

    def row(name: str, values) -> str:
        cells = "".join(f"<td>{value:.4f}</td>" for value in values[:shown])
        return f"<tr><th>{name}</th>{cells}</tr>"

    head = "".join(f"<th>{k}</th>" for k in range(shown))
    rest = f"<p>… and {fleet.classes - shown} more classes</p>" if shown < fleet.classes else ""
    return (
        f"<p>{html.escape(repr(fleet)[1:-1])}</p>"
        f"<table><tr><th>class</th>{head}</tr>{row('target', numbers['target'])}{row('mean', numbers['mean'])}"
        f"{row('standard deviation', numbers['standard_deviation'])}</table>{rest}"
    )
