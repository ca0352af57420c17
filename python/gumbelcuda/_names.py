# SPDX-License-Identifier: Apache-2.0
"""What Python calls the fields of C's structs. An error of C begins with the name of a field, and the caller has typed
another where C's is a member of a struct, counts an array's rows, or is one of several for the same argument."""

from __future__ import annotations

import errno
import inspect
import os
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from .errors import InternalError

# What only this package sets. If C refuses it, the fault is not the caller's.
INTERNAL = {"struct_size", "type", "flags", "reserved", "config", "execution", "stop", "on_progress", "context"}
# What the members of gumbelcuda_checkpoint are called.
_KEPT = {"file": "checkpoint", "interval": "checkpoint_interval", "shards": "shard"}
# Sizes of arrays, of which the first argument has them all.
SIZES = ("rows", "classes", "shards")
# Where the field's own name is no argument: the first of these that is one.
_NAMES = {
    "temperature": ("tau",),
    "p_temperature": ("p_tau",),
    "q_temperature": ("q_tau",),
    "inner_samples": ("samples",),
    "row_seed": ("seeds",),
    "row_offset": ("offsets",),
    "first_row": ("row",),
    "device_offset": ("generator",),
    "partial": ("partials",),
    "device_step": ("step",),
}
_PATH = re.compile(r"\b[a-z]\w*(?:\.[a-z]\w*)+")


def parameters_of(function: Callable[..., Any]) -> Collection[str]:
    return inspect.signature(function).parameters


def of_field(field: str, parameters: Collection[str]) -> str | None:
    """The argument, one of the function's parameters, that this field of an operation's arguments is for. A field for
    which there is none is a result. None: no argument."""
    first, _, rest = field.partition(".")
    if first == "schedule":  # of a TemperatureSchedule
        return None if field.endswith("reserved") else rest.replace("knot_count", "knots")
    name = rest if first == "noise" else first
    if name in INTERNAL or rest in INTERNAL:
        return None
    return next((known for known in (name, *_NAMES.get(name, ()), "out") if known in parameters), None)


def in_python(error: ValueError, function: Callable[..., Any], first: str = "") -> Exception:
    """The error of C as one of the arguments of `function`. first: the argument that has the sizes, if it is not the
    function's first."""
    parameters = parameters_of(function)
    field, colon, rest = str(error).partition(":")
    if field in SIZES:
        return ValueError(f"{first or next(iter(parameters))}: {error}")
    name = of_field(field, parameters)
    if name is None:
        return InternalError(f"{function.__name__}: {error}")
    return ValueError(name + colon + _PATH.sub(lambda path: of_field(path[0], parameters) or path[0], rest))


def of_setting(field: str, arguments: Mapping[str, Any]) -> str | None:
    """The same for a setting of a fleet or a sweep. arguments: all of the caller's; None is one that is not given."""
    name, _, member = field.partition(".")
    of_gan = name[name.index("[") :] if "[" in name else ""
    if name.startswith("problem"):
        member = re.sub("^hidden_(layers|width)", "hidden" + of_gan, member)
        name = member if member.startswith("hidden") else member + of_gan
    elif member.startswith("length"):
        name = name + member.removeprefix("length") + ", length"
    elif name == "order":
        name = "data_order"
    elif name == "checkpoint":
        name = _KEPT.get(member, member)
    argument = re.match(r"\w*", name)[0]  # type: ignore[index]
    if not argument or argument in INTERNAL or member in INTERNAL:
        return None
    if argument.endswith("_learning_rate") and arguments.get(argument) is None:
        name = name[name.index("learning_rate") :]
    return name


def setting_in_python(error: ValueError, arguments: Mapping[str, Any]) -> Exception:
    field, colon, rest = str(error).partition(":")
    if field == "checkpoint.file":  # its name has been checked before
        message = "the checkpoint exists; resume=True goes on with it"
        return FileExistsError(errno.EEXIST, message, os.fspath(arguments["checkpoint"]))
    name = of_setting(field, arguments)
    return InternalError(str(error)) if name is None else ValueError(name + colon + rest)
