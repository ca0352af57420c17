# SPDX-License-Identifier: Apache-2.0
"""Names of kernels as people write them, for the checks of compiled kernels."""
import re
import subprocess


def readable(names):
    """Demangled, without the library's namespaces; a task by its short name."""
    text = subprocess.run(["c++filt"], input="\n".join(names), text=True, check=True, capture_output=True).stdout
    return [re.sub(r"_args<any_number>", "_task", re.sub(r"gumbelcuda::(portable::)?", "", line))
            for line in text.splitlines()]
