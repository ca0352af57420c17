#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Doxygen's input filter. The headers have plain comments. For the reference, a comment right above a declaration, or
after it on the same line, becomes a Doxygen comment, and so does the first comment of a file, which says why the
file exists. Comments in function bodies, and those followed by an empty line, stay as they are.

    comments.py HEADER
"""
import re
import sys
from pathlib import Path

COMMENT = re.compile(r"^\s*//(.*)$")
TRAILING = re.compile(r"^(.*[;,]|\s*\w+)(\s+)// (.*)$")
# What may precede a { if declarations follow.
SCOPE = re.compile(r'^(template ?<.*> ?)?(inline )?((namespace|struct|class|enum|union)\b|extern "C")')
# C's way to name a struct, which Doxygen takes for two names.
TYPEDEF = re.compile(r"(?m)^typedef ((?:struct|enum) \w+ \{)$")
TYPEDEF_END = re.compile(r"(?m)^\} \w+;$")
# Characters that Doxygen takes for markup.
SPECIAL = re.compile(r"[\\@&$#<>%]|--")


def plain(text):
    """Literal text, with `quoted` words as code and *stressed* words emphasised."""
    text = SPECIAL.sub(lambda match: "\\" + match[0], text)
    text = re.sub(r"`([^`]*)`", r"<code>\1</code>", text)
    return re.sub(r"(?<!\S)\*(\w+)\*(?!\S)", r"<em>\1</em>", text)


def documentation(lines, indent, command=""):
    """A comment's lines; indented ones are code or a table."""
    out, verbatim = [command], False
    for line in lines:
        if verbatim != line.startswith("   "):
            verbatim = not verbatim
            out.append(" \\verbatim" if verbatim else " \\endverbatim")
        out.append(line[2:] if verbatim else plain(line))
    if verbatim:
        out.append(" \\endverbatim")
    # Doxygen would take a star at the beginning of a line for a part of the comment's frame.
    return (f"{indent}/**" + "\n".join(out).replace("\n *", " *") + " */").splitlines()


class Scopes:
    """Keeps track of the open braces, and whether all of them contain declarations."""

    def __init__(self):
        self.open, self.pending, self.in_directive = [], "", False

    def declares(self):
        return all(self.open)

    def read(self, line):
        directive = self.in_directive or line.lstrip().startswith("#")
        self.in_directive = directive and line.endswith("\\")
        if directive or re.match(r"\s*GUMBELCUDA_MATH_(BEGIN|END)", line):
            return
        for char in re.sub(r"""//.*|"(?!C")(\\.|[^"\\])*"|'(\\.|[^'\\])'""", "", line) + " ":
            if char == "{":
                self.open.append(SCOPE.match(self.pending.strip()) is not None)
            elif char == "}" and self.open:
                self.open.pop()
            self.pending = "" if char in "{};" else self.pending + char


def convert(text):
    text = TYPEDEF_END.sub("};", TYPEDEF.sub(r"\1", text))
    lines, out, comment, scopes = text.splitlines(), [], [], Scopes()
    is_first = True
    for line in [*lines, ""]:
        match = COMMENT.match(line)
        if match and "SPDX-License-Identifier" in line:
            out.append(line)
        elif match:
            comment.append(match[1])
        else:
            indent = re.match(r"\s*", line)[0]
            if comment and is_first:
                out += [*documentation(comment, "", " \\file"), ""]
                is_first = False
            elif comment and scopes.declares() and line.strip() and not line.strip().startswith("}"):
                out += documentation(comment, indent)
            comment = []
            trailing = TRAILING.match(line)
            if trailing and scopes.declares() and not line.strip().startswith("#"):
                line = f"{trailing[1]}{trailing[2]}///< {plain(trailing[3])}"
            out.append(line)
            scopes.read(line)
    return "\n".join(out) + "\n"


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")
    print(convert(Path(sys.argv[1]).read_text(encoding="utf-8")), end="")
