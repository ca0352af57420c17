# SPDX-License-Identifier: Apache-2.0
"""What a program can check in a Markdown page: its fenced blocks, each with the comment before it, and its links.

    <!-- given: const float* logits = nullptr; -->   before cpp: declarations that the lines of the block presume
    <!-- from: docs/a.cuh -->                        before anything: the file that has these lines, and is tested
    <!-- output -->                                  before text: what the program or commands before it print

C++ may be a whole program or lines of a function, C a whole program. A program that is a file of examples/ is included:

    ```{literalinclude} ../examples/a.cpp
    :language: cpp
    :start-at: "#include"
    ```
"""
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

FENCE = re.compile(r"^(\s*)```(\S*)\s*$")
INCLUSION = re.compile(r"^(\s*)```\{literalinclude\}\s+(\S+)\s*$")
OPTION = re.compile(r":([\w-]+):\s*(.*?)\s*$")
COMMENT = re.compile(r"<!--\s*(.*?)\s*-->\s*\Z", re.DOTALL)
LINK = re.compile(r"(?<!`)\]\(([^()\s]+)\)")
FILE = re.compile(r"`((?:benchmarks|cmake|docs|examples|host|include|kernels|scripts|tests)/[\w./-]+)")
HEADER = re.compile(r"`((?:math|gan|rows)/\w+\.hpp)")
NAME = re.compile(r"`([a-z]\w*_\w+)`")
SEPARATOR = re.compile(r"\|[-|: ]+\|\s*$")
TEST = re.compile(r"`([A-Z]\w+)\.([A-Z]\w+)`")


@dataclass
class Block:
    page: str  # path from the root
    line: int  # of its fence
    language: str
    text: str
    note: str  # the comment before it
    file: str = ""  # path from the root of the file that the page includes here

    @property
    def place(self):
        return f"{self.page}:{self.line}"

    @property
    def name(self):
        return re.sub(r"\W", "_", f"{self.page}_{self.line}")

    @property
    def is_program(self):
        return self.language in ("cpp", "c") and re.search(r"\bint main\(", self.text) is not None


def pages_of(root):
    return [root / "README.md", root / "CONTRIBUTING.md", *sorted((root / "docs").rglob("*.md")),
            *sorted((root / "examples").rglob("*.md"))]


def included(block, options, tree):
    """Sets the block's text to its file's. Returns a problem, or None. The options are Sphinx's."""
    options = dict(match.groups() for match in map(OPTION.match, options) if match)
    block.language = options.pop("language", "")
    start = options.pop("start-at", "").strip('"')
    if not (tree / block.file).is_file():
        return f"no such file: {block.file}"
    block.text = (tree / block.file).read_text(encoding="utf-8")
    if start not in block.text:
        return f"{start} is not in {block.file}"
    return f"options that this test does not know: {', '.join(options)}" if options else None


def read(root, path, tree):
    """(blocks, [(line, problem)]) of a page about the files in `tree`."""
    page, lines = path.relative_to(root).as_posix(), path.read_text(encoding="utf-8").splitlines()
    blocks, problems, prose, start, heading = [], [], [], None, []
    for number, line in enumerate(lines, 1):
        if match := FENCE.match(line) or (start is None and INCLUSION.match(line)):
            if start is None:
                start, indent, body = number, match[1], []
                note = COMMENT.search("\n".join(prose))
                block = Block(page, start, match[2], "", note[1] if note else "")
                if match.re is INCLUSION:
                    block.file = (path.parent / match[2]).resolve().relative_to(root.resolve()).as_posix()
                elif not block.language:
                    problems.append((number, "a block without a language; output is `text`"))
            else:
                block.text = "\n".join(body) + "\n"
                if block.file and (problem := included(block, body, tree)):
                    problems.append((start, problem))
                blocks.append(block)
                start, prose = None, []
        elif start is not None:
            body.append(line.removeprefix(indent))
        else:
            if line.startswith("    ") and prose and not prose[-1].strip():
                problems.append((number, "a block without a fence"))
            if line.startswith("|"):
                cells = [cell.strip() for cell in line.strip("|").split("|")]
                if number < len(lines) and SEPARATOR.match(lines[number]):
                    heading = cells
                problems += [(number, f"no header has {name}") for name in missing_answers(tree, heading, cells)]
            problems += [(number, f"there is no {name}") for name in missing_names(tree, line)]
            problems += [(number, f"no such file: {target}") for target in broken_links(root, path, line)]
            prose.append(line)
    if start is not None:
        problems.append((start, "a block without an end"))
    return blocks, problems


@lru_cache
def tests_of(tree):
    """(suite, name) of every C++ test."""
    text = "".join(path.read_text(encoding="utf-8") for path in sorted((tree / "tests").rglob("*.cpp")))
    return set(re.findall(r"(?m)^(?:TEST|TEST_P|TEST_F|TYPED_TEST)\((\w+), (\w+)\)", text))


def missing_names(tree, line):
    """Files, headers and tests that a line names and that do not exist."""
    yield from (name for name in FILE.findall(line) if not (tree / name).exists())
    yield from (name for name in HEADER.findall(line) if not (tree / "include" / "gumbelcuda" / name).exists())
    yield from (".".join(name) for name in TEST.findall(line) if name not in tests_of(tree))


@lru_cache
def words_of_headers(tree):
    headers = sorted((tree / "include" / "gumbelcuda").rglob("*.h*"))
    return set(re.findall(r"\w+", "".join(path.read_text(encoding="utf-8") for path in headers)))


def missing_answers(tree, heading, cells):
    """In a table whose last column is "here" (our names for another library's): names that no public header has."""
    if heading and heading[-1] == "here":
        yield from (name for name in NAME.findall(cells[-1]) if name not in words_of_headers(tree))


def broken_links(root, path, line):
    for target in LINK.findall(line):
        file = target.split("#")[0]
        if file and "://" not in file and not (path.parent / file).resolve().is_relative_to(root.resolve()):
            yield target
        elif file and "://" not in file and not (path.parent / file).exists():
            yield target
