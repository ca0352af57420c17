#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Describes the C interface in Python: every struct, function and constant of include/gumbelcuda/gumbelcuda.h and of
the headers of include/gumbelcuda/c/. The build writes the description into the package, so that it cannot differ from
the headers; a declaration that this file does not understand is an error.

    generate_binding.py INCLUDE_FOLDER OUTPUT.py

Types are strings: a name of C ("uint64_t", "gumbelcuda_rows"), "void*" for every pointer but "char*", "T[n]" for an
array, "R(P, P)" for a pointer to a function.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from pprint import pformat

NUMBERS = ("int", "int32_t", "int64_t", "uint8_t", "uint32_t", "uint64_t", "size_t", "ptrdiff_t", "float", "double")
SIZE_MAX = 2**64 - 1  # all platforms of the library have 64 bits

COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
CPLUSPLUS = re.compile(r"#ifdef __cplusplus\n.*?#endif\n", re.DOTALL)
SCAFFOLD = re.compile(r"#(?:pragma once|include .*)\s*$", re.MULTILINE)
DEFINE = re.compile(r"#define (\w+) (.+?)\s*$", re.MULTILINE)
ENUM = re.compile(r"(?:typedef )?enum(?: (\w+))? \{(.*)\}(?: (\w+))?")
OPAQUE = re.compile(r"typedef struct (\w+) \1|struct (\w+)")
STRUCT = re.compile(r"typedef struct (\w+) \{(.*)\} \1")
CALLBACK = re.compile(r"(?:typedef )?(.+?)\(\*(\w+)\)\((.*)\)")
FUNCTION = re.compile(r"GUMBELCUDA_API (.+?)(\w+)\((.*)\)")
DECLARATOR = re.compile(r"(\**) ?(\w+)(?:\[(\d+)\])?")


class NotUnderstood(Exception):
    """A header has something that this file cannot translate."""


class Description:
    def __init__(self) -> None:
        self.structs: dict[str, list[tuple[str, str]]] = {}
        self.functions: dict[str, tuple[str, list[str]]] = {}
        self.constants: dict[str, int] = {}
        self.names: dict[str, str] = {name: name for name in NUMBERS}  # what a name of C is here
        self.names["void"] = self.names["char"] = ""

    def type_of(self, text: str, stars: str = "") -> str:
        base = " ".join(word for word in text.replace("*", " * ").split() if word not in ("const", "volatile", "struct"))
        stars += "*" * base.count("*")
        base = base.replace("*", "").strip()
        if base not in self.names:
            raise NotUnderstood(f"unknown type: {text.strip()}")
        if stars:
            return "char*" if base == "char" and stars == "*" else "void*"
        if base == "void":
            return "void"
        if not self.names[base]:
            raise NotUnderstood(f"only a pointer to {base} can be translated: {text.strip()}")
        return self.names[base]

    def parameters(self, text: str) -> list[str]:
        if text.strip() in ("", "void"):
            return []
        return [self.type_of(re.sub(r"\b\w+\s*$", "", part)) for part in text.split(",")]

    def callback(self, result: str, parameters: str) -> str:
        return f"{self.type_of(result)}({', '.join(self.parameters(parameters))})"

    def members(self, text: str) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        for line in filter(None, (part.strip() for part in text.split(";"))):
            if match := CALLBACK.fullmatch(line):
                found.append((match[2], self.callback(match[1], match[3])))
                continue
            base, first, *others = re.split(r"(?<=[\w*]) (?=\**\w+(?:\[\d+\])?(?:,|$))|, ", line)
            for declarator in (first, *others):
                match = DECLARATOR.fullmatch(declarator.strip())
                if not match:
                    raise NotUnderstood(line)
                kind = self.type_of(base, match[1])
                found.append((match[2], f"{kind}[{match[3]}]" if match[3] else kind))
        return found

    def constant(self, name: str, text: str) -> None:
        if text != "SIZE_MAX" and not re.fullmatch(r"-?\d+", text):
            raise NotUnderstood(f"{name} = {text}")
        self.constants[name] = SIZE_MAX if text == "SIZE_MAX" else int(text)

    def declare(self, text: str) -> None:
        if match := ENUM.fullmatch(text):
            for item in filter(None, (part.strip() for part in match[2].split(","))):
                self.constant(*map(str.strip, item.split("=")))
            if match[3]:
                self.names[match[3]] = "int"
        elif match := OPAQUE.fullmatch(text):
            self.names.setdefault(match[1] or match[2], "")
        elif match := STRUCT.fullmatch(text):
            self.structs[match[1]] = self.members(match[2])
            self.names[match[1]] = match[1]
        elif match := FUNCTION.fullmatch(text):
            self.functions[match[2]] = (self.type_of(match[1]), self.parameters(match[3]))
        elif text.startswith("typedef") and (match := CALLBACK.fullmatch(text)):
            self.names[match[2]] = self.callback(match[1], match[3])
        else:
            raise NotUnderstood(text)

    def read(self, text: str) -> None:
        text = SCAFFOLD.sub("", CPLUSPLUS.sub("", COMMENT.sub("", text)))
        for name, value in DEFINE.findall(text):
            self.constant(name, value)
        for declaration in statements(DEFINE.sub("", text)):
            self.declare(declaration)


def statements(text: str) -> list[str]:
    """The declarations, each on one line: a semicolon ends one outside of braces."""
    found, depth, begin = [], 0, 0
    for place, character in enumerate(text):
        depth += (character == "{") - (character == "}")
        if character == ";" and depth == 0:
            found.append(" ".join(text[begin:place].split()))
            begin = place + 1
    if text[begin:].strip():
        raise NotUnderstood(text[begin:].strip())
    return found


def in_order(folder: Path) -> list[Path]:
    """All headers, each after those that it includes."""
    ordered: list[Path] = []

    def add(path: Path) -> None:
        if path in ordered:
            return
        for name in re.findall(r'(?m)^#include "(gumbelcuda/c/\w+\.h)"', path.read_text(encoding="utf-8")):
            add(folder / name)
        ordered.append(path)

    base = folder / "gumbelcuda" / "gumbelcuda.h"
    for path in sorted((folder / "gumbelcuda" / "c").glob("*.h")):
        add(path)
    return [base, *ordered]


def describe(folder: Path) -> Description:
    description = Description()
    for path in in_order(folder):
        try:
            description.read(path.read_text(encoding="utf-8"))
        except (NotUnderstood, ValueError) as problem:
            raise SystemExit(f"{path}: {problem}") from problem
    return description


def main() -> None:
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    found = describe(Path(sys.argv[1]))
    text = '# SPDX-License-Identifier: Apache-2.0\n"""Written by python/generate_binding.py from the C headers."""\n'
    for name in ("constants", "structs", "functions"):
        text += f"{name} = {pformat(getattr(found, name), width=118, sort_dicts=False)}\n"
    Path(sys.argv[2]).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
