# SPDX-License-Identifier: Apache-2.0
"""Imports h5py and matplotlib for plot.py, whatever the environment. If that fails, one line says why and the process
ends. Run by itself, this module is the probe by which `gumbelcuda plot` chooses a Python.

The user's environment must not change or prevent a picture: a backend that a notebook chose, a style, a folder named
h5py in the working directory. So modules are imported from another folder and with matplotlib's default settings.
"""
import contextlib
import os
import signal
import sys
import warnings

LACKING = 9  # exit code of the probe: this is a Python, but not one that can draw (plot_command.cpp)
STOP_SIGNALS = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)


class Interrupted(BaseException):
    """Passes every `except Exception`, so that only `finally` blocks run on the way out."""

    def __init__(self, number):
        super().__init__(number)
        self.number = number


def interrupt(caught, _):
    """The handler once everything is imported. A second signal does not interrupt the clean-up."""
    block_stop_signals()
    raise Interrupted(caught)


def end_at_once(caught, _):
    """The handler during imports: an extension module would report an exception as a missing package."""
    with contextlib.suppress(OSError):
        os.write(standard_error, b"gumbelcuda: interrupted: nothing was written\n")
    os._exit(128 + caught)


def block_stop_signals():
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)


def catch_stop_signals(handler):
    """The command blocks these signals before it starts Python, which would print a traceback for an early one."""
    for number in STOP_SIGNALS:
        if signal.getsignal(number) != signal.SIG_IGN:  # as in a background job
            signal.signal(number, handler)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)


def leave_out_working_directory():
    """An empty entry of PYTHONPATH means the working directory; removes it. The script's folder, the first, stays."""
    entries = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    if len(entries) > 1 and not all(entries):
        with contextlib.suppress(OSError):  # there may be none any more
            here = os.getcwd()
            sys.path[1:] = [entry for entry in sys.path[1:] if entry not in ("", here)]


@contextlib.contextmanager
def elsewhere():
    """Works in the root folder, because matplotlib prefers a matplotlibrc in the working directory."""
    try:
        here = os.open(".", os.O_PATH | os.O_DIRECTORY)
    except OSError:  # an unreadable folder, in which relative names would not work anyway
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
    """Hides what extension modules built for another numpy print before they raise, and matplotlib's log."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    try:
        yield
    finally:
        sys.stderr.flush()
        os.dup2(standard_error, 2)


def import_everything():
    """Imports names, not modules: an empty folder can be imported as a module, too."""
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
