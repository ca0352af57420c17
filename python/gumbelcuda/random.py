# SPDX-License-Identifier: Apache-2.0
"""Which noise a call draws.

All noise of this library is a function of an address (seed, row, offset) and of the class: docs/noise-stream.md. A
Generator counts through the offsets of one seed, so that no two calls draw the same words; calls without any address
take the process's own generator, which begins at 64 bits from the operating system.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any

from ._whole import integer

_WORD = 2**64 - 1


def word(name: str, value: Any) -> int:
    """The value as an integer in [0, 2^64)."""
    number = integer(name, value)
    if not 0 <= number <= _WORD:
        raise ValueError(f"{name}: {number} is not in [0, 2**64)")
    return number


def _position(name: str, value: Any) -> int:
    number = word(name, value)
    if number % 4:
        raise ValueError(f"{name}: {number} is not a multiple of 4")
    return number


class Generator:
    """Draws fresh noise from call to call: the stream of `seed`, from `position` on.

    seed: an integer in [0, 2**64); by default 64 bits from the operating system.
    position: the word at which the next call begins, a multiple of 4. Each call moves it on by the words that it draws,
        the number of classes rounded up to a multiple of 4, times the number of draws.
    device_position: an array of one uint64 or int64 on the device of the calls. It is added to the position when a call
        runs there, and moved on there after it, so that a CUDA graph which is replayed draws fresh noise. `position`
        then stays as it is.

    The same seed and the same calls give the same bytes, on every machine, with any number of threads. Threads may
    share a generator: none draws another's noise, but which draws what then depends on their order. A process that is
    forked has a copy which draws the parent's noise again; give it a generator of its own.
    """

    def __init__(self, seed: int | None = None, *, position: int = 0, device_position: Any = None) -> None:
        self._seed = int.from_bytes(os.urandom(8), "little") if seed is None else word("seed", seed)
        self._position = _position("position", position)
        self._lock = threading.Lock()
        self.device_position = device_position

    @property
    def seed(self) -> int:
        return self._seed

    @property
    def position(self) -> int:
        return self._position

    @position.setter
    def position(self, position: int) -> None:
        self._position = _position("position", position)

    @property
    def address(self) -> dict[str, int]:
        """Where the next call will draw: the keywords seed and offset, with which it can be repeated, and which its
        backward pass needs."""
        return {"seed": self._seed, "offset": self._position}

    def reserve(self, words: int) -> tuple[int, int]:
        """(seed, offset) of `words` words, rounded up to a multiple of 4, that no other call will get."""
        with self._lock:
            offset = self._position
            self._position = (offset + words + 3) & ~3 & _WORD
        return self._seed, offset

    def give_back(self, offset: int, words: int) -> None:
        """After a call that was refused: the words that it had reserved, unless others were reserved meanwhile."""
        with self._lock:
            if self._position == (offset + words + 3) & ~3 & _WORD and self.device_position is None:
                self._position = offset

    def gumbel(
        self, loc: float = 0.0, scale: float = 1.0, size: int | tuple[int, ...] | None = None, dtype: Any = "float64"
    ) -> Any:
        """Gumbel variates as numpy.random.Generator.gumbel gives them, in float64 by default: a NumPy array of shape
        `size`, or a number."""
        from ._operations.gumbel import gumbel_noise

        is_number = size is None or size == ()
        g = gumbel_noise(1 if is_number else size, dtype=dtype, generator=self)
        g *= scale
        g += loc
        return g[0] if is_number else g

    def __repr__(self) -> str:
        return f"gumbelcuda.Generator(seed={self._seed}, position={self._position})"

    def __getstate__(self) -> dict[str, Any]:
        return {"seed": self._seed, "position": self._position, "device_position": self.device_position}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(state["seed"], **{name: state[name] for name in ("position", "device_position")})  # type: ignore


_default: Generator | None = None
_making = threading.Lock()


def default_generator() -> Generator:
    """The generator of calls that name none."""
    global _default
    if _default is None:
        with _making:
            if _default is None:
                _default = Generator()
    return _default


def manual_seed(seed: int) -> Generator:
    """From now on calls without an address draw from the stream of `seed`, from its beginning. Returns their
    generator."""
    global _default
    _default = Generator(seed)
    return _default


def _forget() -> None:
    # In a process that was forked: the child must not repeat the parent's noise, not even after manual_seed().
    global _default, _making
    _default, _making = None, threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)


def _seed_of_torch(generator: Any) -> int:
    import torch

    # 63 bits of one draw, as gumbelcuda.torch takes them, so that both draw the same noise.
    return int(torch.empty((), dtype=torch.int64, device=generator.device).random_(generator=generator))


def _seed_of_numpy(generator: Any) -> int:
    return int.from_bytes(generator.bytes(8), "little")


def _foreign(kind: type) -> Callable[[Any], int]:
    for parent in kind.__mro__:
        name = f"{parent.__module__}.{parent.__qualname__}"
        if name in ("torch._C.Generator", "torch.Generator"):
            return _seed_of_torch
        if name.startswith("numpy.random.") and hasattr(kind, "bytes"):
            return _seed_of_numpy
    raise TypeError(
        f"generator: {kind.__name__} is none of gumbelcuda.Generator, torch.Generator, numpy.random.Generator"
    )


def resolve(
    words: int, generator: Any, seed: int | None, row: int, offset: int
) -> tuple[int, int, int, Generator | None]:
    """(seed, row, offset) of a call that draws `words` words of each row, and the generator that they were taken
    from."""
    if seed is not None:
        if generator is not None:
            raise ValueError("seed: cannot be given with generator")
        return word("seed", seed), word("row", row), _position("offset", offset), None
    if offset != 0:
        raise ValueError(f"offset: {offset} needs a seed")
    row = row and word("row", row)
    if generator is None:
        generator = _default or default_generator()
    elif type(generator) is not Generator and not isinstance(generator, Generator):
        return _foreign(type(generator))(generator), row, 0, None
    if generator.device_position is not None:
        return generator.seed, row, generator.position, generator
    begin = generator.reserve(words)
    return begin[0], row, begin[1], generator
