#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""For fuzz_arguments.cpp: the structs of arguments in C, which C++ cannot list by itself. Writes for_each_member() of
each, a line C_OPERATION(name, gumbelcuda_name) for each function that takes one, and the constants with their names.

    write_members.py PROJECT OUTPUT.inc
"""

import sys
from pathlib import Path

project = Path(sys.argv[1])
sys.path.insert(0, str(project / "python"))
sys.dont_write_bytecode = True
from generate_binding import describe  # noqa: E402

found = describe(project / "include")
lines = ["// Written by tests/c_api/write_members.py from the C headers.", "#if defined(C_OPERATION)"]
operations = [name for name in found.functions if f"{name}_args" in found.structs]
lines += [f"C_OPERATION({name.removeprefix('gumbelcuda_')}, {name})" for name in operations]
lines += ["#else"]
for name in operations:
    for of in ("", "const "):
        lines += ["template <class Visit>", f"void for_each_member({of}{name}_args& args, Visit visit) {{"]
        lines += [f'  visit("{member}", args.{member});' for member, _ in found.structs[f"{name}_args"]]
        lines += ["}"]
lines += ["inline constexpr std::pair<std::string_view, std::uint64_t> constants[] = {"]
lines += [f'    {{"{name}", {name}}},' for name in found.constants]
lines += ["};", "#endif", ""]
Path(sys.argv[2]).write_text("\n".join(lines), encoding="utf-8")
