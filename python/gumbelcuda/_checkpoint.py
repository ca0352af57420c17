# SPDX-License-Identifier: Apache-2.0
"""The arguments of a training that say what it keeps, and where: those of gumbelcuda/c/checkpoint.h."""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from typing import Any

from gumbelcuda import _training

DEFAULT_INTERVAL = 60


def path_of(name: str, file: Any) -> bytes:
    """A file's name as C takes it."""
    try:
        path = os.fsencode(file)
    except TypeError:
        raise TypeError(f"{name}: {file!r} is not the name of a file") from None
    if not path or b"\0" in path:
        raise ValueError(f"{name}: {file!r} is not the name of a file")
    return path


class Checkpoint(_training.Settings):
    """gumbelcuda_checkpoint, and what the library says of additions that fail."""

    def __init__(self, file: Any, resume: bool, interval: float, shard: tuple[int, int]):
        super().__init__(
            "gumbelcuda_checkpoint",
            file=path_of("checkpoint", file),
            resume=bool(resume),
            interval=interval,
            shard=shard[0],
            shards=shard[1],
        )
        self.problems = problems = []

        def note(context: int | None, problem: bytes, last: int) -> None:
            problems.append((os.fsdecode(problem), bool(last)))

        self.struct.on_problem = type(self.struct.on_problem)(note)
        self.has_warned = False

    def warn(self) -> None:
        """Tells of the first addition that failed, and of the last one if it has."""
        while self.problems:
            problem, last = self.problems.pop(0)
            if last:
                warnings.warn(f"{problem}; the checkpoint has not all that was trained", RuntimeWarning, stacklevel=4)
            elif not self.has_warned:
                warnings.warn(f"{problem}; the training goes on, and it is tried again", RuntimeWarning, stacklevel=4)
            self.has_warned = True


def checkpoint_of(
    checkpoint: str | os.PathLike | None, resume: bool, checkpoint_interval: float, shard: Sequence[int] | None
) -> Checkpoint | None:
    interval = float(_training.number("checkpoint_interval", checkpoint_interval))
    if checkpoint is None:
        given = {"resume": resume, "shard": shard is not None, "checkpoint_interval": interval != DEFAULT_INTERVAL}
        for name in (name for name, is_given in given.items() if is_given):
            raise ValueError(f"{name}: needs a checkpoint, the file that keeps what is trained")
        return None
    if interval == 0:  # the default in C
        raise ValueError("checkpoint_interval: 0 is not in 0.1 … 1e6")
    return Checkpoint(checkpoint, resume, interval, (0, 1) if shard is None else pair(shard))


def pair(shard: Any) -> tuple[int, int]:
    if isinstance(shard, (str, bytes)) or not hasattr(shard, "__len__") or len(shard) != 2:
        raise TypeError(f"shard: {shard!r} is not (i, n), part i of n")
    number, count = (_training.whole_number("shard", each, "uint64") for each in shard)
    if count == 0:  # the default in C
        raise ValueError(f"shard: {number} of 0 is no shard: of n there are 0 … n − 1")
    return number, count
