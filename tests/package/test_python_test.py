#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests scripts/test-python in a copy of its folder, where a made-up python3 makes made-up environments and
scripts/wheel writes a made-up wheel: which wheel is installed, what is skipped and what fails.

    test_python_test.py ROOT
"""
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

# `python3 -m venv FOLDER` puts itself there as python and pip. All calls are noted. `pip install torch …` fails where
# FAILS is set, `pip download` where UNREACHED is.
PYTHON = """#!/usr/bin/env bash
echo "$(basename "$0") $*" >>"$CALLS"
case "$(basename "$0") $*" in
  "python3 -c import ensurepip, venv") [[ -z ${NO_VENV:-} ]] ;;
  "python3 -m venv "*) mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; cp "$0" "$3/bin/pip" ;;
  "pip install "*torch*) [[ -z ${FAILS:-} ]] ;;
  "pip download "*) [[ -z ${UNREACHED:-} ]] ;;
  "python -m pytest "*) [[ -z ${RED:-} ]] ;;
esac
"""
WHEEL = """#!/usr/bin/env bash
echo "wheel $*" >>"$CALLS"
[[ -z ${WHEEL_STATUS:-} ]] || exit "$WHEEL_STATUS"
rm -rf build/wheel; mkdir -p build/wheel/dist; touch build/wheel/dist/new.whl
"""
SKIPPED = "skipped because Python's packages cannot be had (see above): the Python package with PyTorch and JAX"


class Case:
    """One run of the script."""

    def __init__(self, root, *arguments, **environment):
        with tempfile.TemporaryDirectory() as name:
            folder, calls = Path(name), Path(name) / "calls"
            calls.touch()
            (folder / "scripts").mkdir()
            for script in ("test-python", "python_packages.sh"):
                shutil.copy(root / "scripts" / script, folder / "scripts")
            for path, text in (("python3", PYTHON), ("scripts/wheel", WHEEL)):
                (folder / path).write_text(text)
                (folder / path).chmod(0o755)
            for wheel in ("build/wheel/dist/old.whl", "given.whl"):
                (folder / wheel).parent.mkdir(parents=True, exist_ok=True)
                (folder / wheel).touch()
            environment |= {"PATH": f"{folder}:{os.environ['PATH']}", "CALLS": str(calls)}
            ran = subprocess.run(["scripts/test-python", *arguments], cwd=folder, env=os.environ | environment,
                                 capture_output=True, text=True, check=False, timeout=300)
            self.status, self.output, self.errors = ran.returncode, ran.stdout, ran.stderr
            self.calls = calls.read_text().splitlines()

    def installed(self):
        return [Path(call.split()[-1]).name for call in self.calls if "--force-reinstall" in call]

    def tested(self):
        return [call.split("tests/python/")[1] for call in self.calls if "pytest -q" in call]

    def skipped(self):
        return self.status == 0 and SKIPPED in self.output.splitlines() and not self.tested()

    def failed(self, step):
        return self.status not in (0, 75) and f"== FAILED: {step}" in self.output


def main():
    root, wrong = Path(sys.argv[1]).resolve(), []

    def expect(what, holds, case):
        if not holds:
            wrong.append(what)
            print(f"FAILED: {what}\n  status {case.status}\n  {case.output}\n  {case.errors}\n  {case.calls}")

    plain = Case(root)
    expect("the wheel is built anew", plain.status == 0 and plain.installed() == ["new.whl"], plain)
    expect("all parts are tested", plain.tested() == ["core", "fleet", "torch", "jax"], plain)
    given = Case(root, "given.whl")
    expect("a wheel that is given is tested", given.status == 0 and given.installed() == ["given.whl"], given)
    expect("and no other is built", not any(call.startswith("wheel") for call in given.calls), given)
    for arguments in (["none.whl"], ["given.whl", "given.whl"]):
        case = Case(root, *arguments)
        expect(f"{arguments} are refused", case.status == 2 and "is not one wheel" in case.errors, case)
    case = Case(root, FAILS="1", UNREACHED="1")
    expect("without an index it is skipped", case.skipped() and "pip reaches no package index" in case.errors, case)
    case = Case(root, FAILS="1")
    expect("another failure of pip's is one", case.failed("PyTorch and JAX, by pip"), case)
    case = Case(root, NO_VENV="1")
    expect("without virtual environments it is skipped", case.skipped() and "python3-venv" in case.errors, case)
    case = Case(root, WHEEL_STATUS="75")
    expect("it is skipped where the wheel's packages cannot be had", case.skipped(), case)
    case = Case(root, WHEEL_STATUS="1")
    expect("a wheel that cannot be built is a failure", case.failed("the wheel"), case)
    case = Case(root, RED="1")
    expect("a red test is a failure", case.failed("the tests of tests/python/core"), case)
    print(f"{len(wrong)} wrong")
    return len(wrong) > 0


if __name__ == "__main__":
    sys.exit(main())
