# SPDX-License-Identifier: Apache-2.0
"""What this package raises when the library refuses a call or fails. A wrong argument is a ValueError or a TypeError,
too little memory a MemoryError, and a file that cannot be read or written an OSError; the rest is here. Messages are the
library's own: they begin with the argument's name.
"""

from __future__ import annotations


class Error(RuntimeError):
    """The library failed."""


class NoDeviceError(Error):
    """The library cannot compute where the arrays are: it was built without CUDA, or there is no such device here."""


class DeviceError(Error):
    """The device failed; results are undefined."""


class InternalError(Error):
    """A fault of this library."""


class Interrupted(Error):
    """Training was stopped before its end."""


class DamagedFileError(Error, ValueError):
    """A checkpoint or a result file has changed, or is none that this version reads; it stays as it is."""


# By the numbers of gumbelcuda_status.
ERRORS: dict[int, type[Exception]] = {
    1: ValueError,
    2: NoDeviceError,
    3: MemoryError,
    4: DeviceError,
    5: InternalError,
    6: Interrupted,
    7: OSError,
    8: DamagedFileError,
}
