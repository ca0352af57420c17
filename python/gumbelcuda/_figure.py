# SPDX-License-Identifier: Apache-2.0
"""A matplotlib figure that a notebook shows though nobody has imported pyplot, whose state it leaves alone. Importing
this imports matplotlib."""

from __future__ import annotations

import io

from matplotlib.figure import Figure


class Picture(Figure):
    def _repr_png_(self) -> bytes:
        written = io.BytesIO()
        self.savefig(written, format="png")
        return written.getvalue()
