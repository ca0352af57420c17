# SPDX-License-Identifier: Apache-2.0
"""One call of an operation on rows: from arrays of any framework to fields of C, and back to results.

A family says what its operation reads, sets and returns, and nothing else:

    call = Call("gumbel_softmax", dim, logits=logits, gumbel=gumbel)
    call.number("temperature", tau, flag=TEMPERATURE_PER_ROW)
    call.draw(generator, seed, row, offset, seeds, offsets)
    return call.results(RESULTS, returns, out)
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

from . import _binding, _layout, _names, random
from ._arrays import BYTES, NUMBER_TYPES, Array, adopt, place
from ._handles import handle_for, on_cpu
from ._inputs import Inputs
from ._results import COMPUTED, ROWS, Results, Written, tuple_type


class Call(Inputs):
    def results(self, results: Results, returns: str | Sequence[str], out: Any = None) -> Any:
        """Runs the call and returns the array of that name, or a named tuple of several."""
        if isinstance(returns, str) and returns in results.fields:
            written = self._written(results.fields[returns], out)
            self.run((written,))
            return out if out is not None else self.framework.finished(written.array.owner)
        names = results.chosen(returns)
        outs = (None,) * len(names) if out is None else out
        if len(outs) != len(names):
            raise ValueError(f"out: {len(outs)} arrays for {len(names)} results")
        several = [self._written(results.fields[name], given) for name, given in zip(names, outs)]
        self.run(several)
        finished = self.framework.finished
        arrays = [finished(item.array.owner) if given is None else given for item, given in zip(several, outs)]
        return tuple_type(results.name, tuple(names))(*arrays)

    def _written(self, result: tuple[str, str], out: Any) -> Written:
        """What C writes to: the caller's array, or a new one."""
        field, kind = result
        if kind == ROWS:
            shape, type, per_row = self.shape, self.type, 0
        else:
            each, shape = 1, self.leading
            if kind[-1] == "*":
                each, kind = self.each, kind[:-1]
                shape = (*shape, each)
            type = self.computed if kind == COMPUTED else kind
            per_row = BYTES[type] * each
        if out is None:
            array = adopt("out", self.framework.empty(shape, type, self.device))
        else:
            array = adopt("out", out)
            self._check_out(array, shape, type, not per_row)
            self.others.append(("another out", array))
        return Written(field, array, per_row)

    def _check_out(self, array: Array, shape: tuple[int, ...], type: str, strided: bool) -> None:
        if array.shape != shape:
            raise ValueError(f"out: shape {array.shape} is not {shape}")
        if array.type != type:
            raise TypeError(f"out: {array.type} is not {type}")
        if array.device != self.device:
            raise ValueError(f"out: is on {place(array.device)}, not on {place(self.device)}")
        if array.readonly:
            raise ValueError("out: is read-only")
        if not strided and array.strides is not None and not _layout.is_contiguous(array):
            raise ValueError(f"out: a result with a number per row must be contiguous; its strides are {array.strides}")
        for field, read in self.reads:
            _layout.check_overlap(field, read, array)
        for name, other in self.others:
            _layout.check_overlap(name, other, array, may_be_one=False)

    def run(self, written: Sequence[Written]) -> None:
        fields, shape = self.fields, self.shape
        if self.operation.has_classes:
            fields["classes"] = self.classes
        fields["type"] = NUMBER_TYPES[self.type]
        regular = self.axis == len(self.leading)  # rows lie one after another in all arrays
        for field, array in self.reads:
            if array.strides is not None or array.shape != shape:
                regular = False
            fields[field + ".data"] = array.pointer
        for field, array, per_row in written:
            if per_row:
                fields[field] = array.pointer
            else:
                if array.strides is not None:
                    regular = False
                fields[field + ".data"] = array.pointer
        if self.device is None:  # without a context manager, which takes a microsecond
            self._run_busy(on_cpu(), regular, written)
        else:
            with handle_for(self.framework, self.device) as handle:
                self._run_busy(handle, regular, written)

    def _run_busy(self, handle: _binding.Handle, regular: bool, written: Sequence[Written]) -> None:
        was_busy = _binding.set_busy(True)
        try:
            self._run(handle, regular, written)
        finally:
            _binding.set_busy(was_busy)

    def _run(self, handle: _binding.Handle, regular: bool, written: Sequence[Written]) -> None:
        position, generator = 0, None
        if self.noise is not None:
            seed, row, offset, generator = random.resolve(self.words, *self.noise)
            if generator is not None and generator.device_position is not None:
                position = self._device_position(generator.device_position)
            handle.set_noise(seed, row, offset, position)
        try:
            if regular:
                self.fields["rows"] = self.rows
                self.operation.pack(self.fields)
                self.operation.run(handle)
            else:
                _layout.run(self, handle, written)
        except BaseException as error:
            if generator is not None:
                generator.give_back(offset, self.words)
            if isinstance(error, _binding.Refused):
                raise self._in_python(error) from None
            raise
        if position and self.words:
            _binding.check(_binding.library.gumbelcuda_advance_noise(handle.address, position, self.words))

    def _in_python(self, error: ValueError) -> Exception:
        import gumbelcuda

        function = getattr(gumbelcuda, self.operation.name)
        return _names.in_python(error, function, self.reads[0][0] if self.reads else "")

    def _device_position(self, array: Any) -> int:
        found = adopt("device_position", array)
        if found.type not in ("uint64", "int64") or prod(found.shape) != 1:
            raise TypeError(f"device_position: {found.type} of shape {found.shape} is not one uint64 or int64")
        if found.device != self.device:
            raise ValueError(f"device_position: is on {place(found.device)}, but the rows on {place(self.device)}")
        return found.pointer
