# SPDX-License-Identifier: Apache-2.0
"""What a machine can check of a Markdown page: its fenced blocks, each with the comment before it, and its links.

    <!-- given: const float* logits = nullptr; -->   before cpp: declarations that the lines of the block presume
    <!-- output -->                                  before text: what the program or commands before it print
"""
import re
from dataclasses import dataclass
from pathlib import Path

FENCE = re.compile(r"^(\s*)```(\S*)\s*$")
COMMENT = re.compile(r"<!--\s*(.*?)\s*-->\s*\Z", re.DOTALL)
LINK = re.compile(r"(?<!`)\]\(([^()\s]+)\)")


@dataclass
class Block:
    page: str  # path from the root
    line: int  # of its fence
    language: str
    text: str
    note: str  # the comment before it

    @property
    def place(self):
        return f"{self.page}:{self.line}"

    @property
    def name(self):
        return re.sub(r"\W", "_", f"{self.page}_{self.line}")

    @property
    def is_program(self):
        return self.language == "cpp" and re.search(r"\bint main\(", self.text) is not None


def pages_of(root):
    return [root / "README.md", root / "CONTRIBUTING.md", *sorted((root / "docs").rglob("*.md"))]


def read(root, path):
    """(blocks, [(line, problem)]) of a page."""
    page, lines = path.relative_to(root).as_posix(), path.read_text(encoding="utf-8").splitlines()
    blocks, problems, prose, start = [], [], [], None
    for number, line in enumerate(lines, 1):
        if match := FENCE.match(line):
            if start is None:
                start, indent, language, body = number, match[1], match[2], []
                note = COMMENT.search("\n".join(prose))
                if not language:
                    problems.append((number, "a block without a language; output is `text`"))
            else:
                blocks.append(Block(page, start, language, "\n".join(body) + "\n", note[1] if note else ""))
                start, prose = None, []
        elif start is not None:
            body.append(line.removeprefix(indent))
        else:
            if line.startswith("    ") and prose and not prose[-1].strip():
                problems.append((number, "a block without a fence"))
            problems += [(number, f"no such file: {target}") for target in broken_links(root, path, line)]
            prose.append(line)
    if start is not None:
        problems.append((start, "a block without an end"))
    return blocks, problems


def broken_links(root, path, line):
    for target in LINK.findall(line):
        file = target.split("#")[0]
        if file and "://" not in file and not (path.parent / file).resolve().is_relative_to(root.resolve()):
            yield target
        elif file and "://" not in file and not (path.parent / file).exists():
            yield target
