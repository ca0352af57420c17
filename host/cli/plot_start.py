# SPDX-License-Identifier: Apache-2.0
"""Imports what plot.py draws with, in any environment. Once this module is imported, h5py and matplotlib are; where
they cannot be, one line says why and the process ends. Run by itself it is the probe by which `gumbelcuda plot`
chooses a Python.

Nothing of the user's may change or prevent a picture: not a backend that a notebook chose, not a style, not a folder
in the working directory that is called h5py. So imports happen elsewhere and with matplotlib's own settings.
"""
import contextlib
import os
import signal
import sys
import warnings

LACKING = 9  # exit code of the probe: this is a Python, but not one that can draw (plot_command.cpp)
STOP_SIGNALS = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)


class Interrupted(BaseException):
    """Leaves through every `finally`; no `except Exception` on the way stops it."""

    def __init__(self, number):
        super().__init__(number)
        self.number = number


def interrupt(caught, _):
    """The handler once everything is imported. No second signal interrupts the leaving."""
    block_stop_signals()
    raise Interrupted(caught)


def end_at_once(caught, _):
    """The handler during imports: C code that is being imported would take an exception for a missing package."""
    with contextlib.suppress(OSError):
        os.write(standard_error, b"gumbelcuda: interrupted: nothing was written\n")
    os._exit(128 + caught)


def block_stop_signals():
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)


def catch_stop_signals(handler):
    """The command blocks them before it starts Python, which would greet an early one with a traceback."""
    for number in STOP_SIGNALS:
        if signal.getsignal(number) != signal.SIG_IGN:  # as in a background job
            signal.signal(number, handler)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)


def leave_out_working_directory():
    """A colon too many in PYTHONPATH means the working directory. The folder of the script, the first, stays."""
    entries = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    if len(entries) > 1 and not all(entries):
        with contextlib.suppress(OSError):  # there may be none any more
            here = os.getcwd()
            sys.path[1:] = [entry for entry in sys.path[1:] if entry not in ("", here)]


@contextlib.contextmanager
def elsewhere():
    """In the root folder: matplotlib reads a matplotlibrc of the working directory before any other."""
    try:
        here = os.open(".", os.O_PATH | os.O_DIRECTORY)
    except OSError:  # a folder that is closed to us; then only absolute names work, here as well as there
        here = None
    os.chdir("/")
    try:
        yield
    finally:
        if here is not None:
            os.fchdir(here)
            os.close(here)


@contextlib.contextmanager
def silence():
    """Extension modules built for another numpy print pages before they raise; matplotlib logs where it keeps fonts."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    try:
        yield
    finally:
        sys.stderr.flush()
        os.dup2(standard_error, 2)


def import_everything():
    """Names instead of modules: a folder without a single module in it can be imported, too."""
    from h5py import File  # noqa: F401
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: F401
    from matplotlib.figure import Figure  # noqa: F401


standard_error = os.dup(2)
catch_stop_signals(end_at_once)
warnings.simplefilter("ignore")
leave_out_working_directory()
os.environ.update(MPLBACKEND="Agg", MATPLOTLIBRC=os.devnull)
try:
    with elsewhere(), silence():
        import_everything()
except Exception as error:
    reason = " ".join(str(error).split())
    if not isinstance(error, ImportError):
        reason = f"{type(error).__name__}: {reason}"
    print(f"gumbelcuda: error: plot needs h5py and matplotlib (Debian: python3-h5py python3-matplotlib): {reason}",
          file=sys.stderr)
    sys.exit(LACKING if __name__ == "__main__" else 1)
