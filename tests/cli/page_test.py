# SPDX-License-Identifier: Apache-2.0
"""docs/command.md lists exactly what --help and the command's messages say: every command with its usage line, every
argument, every option with its values and default, and every exit code. Altered pages show that the test can fail."""
import json
import os
import pathlib
import re
import unittest
from dataclasses import dataclass

from command import CommandTest

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "command.md"
HELP = frozenset({"-h", "--help"})


@dataclass
class Option:
    names: frozenset
    placeholder: str  # of its value; "" if it takes none
    values: str  # the allowed ones
    default: str
    group: str  # the heading above it
    purpose: str = ""  # the page's description


@dataclass
class Table:
    group: str  # the line in bold above it
    heading: list
    rows: list


def words(text):
    return " ".join(text.split())


def cells_of(line):
    """In a table, a bar inside a cell is written \\|."""
    return [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def sections_of(page):
    """{heading: text} of the second-level sections."""
    return {part.split("\n", 1)[0].strip(): part for part in re.split(r"(?m)^## ", page)[1:]}


def tables_of(text):
    tables, group, above = [], "Options", ""
    for line in text.splitlines():
        if match := re.fullmatch(r"\*\*(.+)\*\*", line):
            group = match[1]
        if line.startswith("|") and not above.startswith("|"):
            tables.append(Table(group, cells_of(line), []))
        elif line.startswith("|") and not re.fullmatch(r"[-|]+", line):
            tables[-1].rows.append(cells_of(line))
        above = line
    return tables


def rows_under(text, heading):
    """Rows of all tables whose first column has this heading, each with its table."""
    return [(table, row) for table in tables_of(text) if table.heading[0] == heading for row in table.rows]


def option_of(table, row):
    """The option in a row of the page: `-o FILE.png`, `--out FILE.png` | values | default | what it does."""
    named = [span.partition(" ") for span in re.findall(r"`([^`]+)`", row[0])]
    placeholders = {placeholder for _, _, placeholder in named}
    return Option(frozenset(name for name, _, _ in named), " or ".join(sorted(placeholders)), row[1], row[2],
                  table.group, row[3])


class Help:
    """The text of `gumbelcuda COMMAND --help`, in lines so short that no description stands beside its option."""

    def __init__(self, text):
        self.usage = words(re.search(r"(?s)\nUsage: (.*?)\n\n", text)[1])
        self.options, self.arguments, self.commands = {}, [], []
        heading, described = "", []
        for line in text.splitlines():
            if match := re.fullmatch(r"(\w+):", line):
                heading = match[1]
            elif match := re.fullmatch(r"  (-\S+)(?: (\S+))?", line):
                names, described = frozenset(match[1].split(",")), []
                self.options[names] = (match[2] or "", heading, described)
            elif match := re.fullmatch(r"  (\S+)", line):
                {"Positionals": self.arguments, "Subcommands": self.commands}[heading].append(match[1])
            elif line.startswith("      "):
                described.append(line.strip())
        exit_codes = re.search(r"(?s)Exit codes: (.*?)(?:\n\n|\Z)", text)
        self.exit_codes = set(map(int, re.findall(r"\b\d+\b", exit_codes[1]))) if exit_codes else set()

    def option(self, names, values):
        placeholder, group, described = self.options[names]
        default = re.search(r"\(default (.*)\)\Z", " ".join(described))
        return Option(names, placeholder, values, default[1] if default else "", group)


def problems_of_options(where, there, page):
    """Compares `there`, the command's options, with those of the page; both are lists of Option."""
    told = {}
    for option in page:
        for name in sorted(option.names & {name for names in told for name in names}):
            yield f"{where}: {name} stands there twice"
        told[option.names] = option
    for option in there:
        name = max(option.names, key=len)
        here = told.pop(option.names, None)
        if here is None:
            yield f"{where}: {name} is missing"
            continue
        for what in ("placeholder", "values", "default", "group"):
            if getattr(here, what) != getattr(option, what):
                yield f"{where}: {name}: {what} '{getattr(here, what)}', not '{getattr(option, what)}'"
        if not here.purpose:
            yield f"{where}: {name} is not explained"
    yield from (f"{where}: there is no {max(names, key=len)}" for names in told)


def problems_of_lists(where, what, there, page):
    yield from (f"{where}: {what} {each} is missing" for each in there if each not in page)
    yield from (f"{where}: there is no {what} {each}" for each in page if each not in there)


def problems(page, commands):
    """Differences between the page and {command: (Help, [Option])}; the command "" is gumbelcuda without a command."""
    sections = sections_of(page)
    listed = [re.sub(r"\[`(\w+)`\]\(#gumbelcuda-\1\)", r"\1", row[0]) for _, row in rows_under(page, "command")]
    yield from problems_of_lists("commands", "command", commands[""][0].commands, listed)
    described = [heading.removeprefix("gumbelcuda").strip() for heading in sections if heading.startswith("gumbelcuda")]
    yield from problems_of_lists("sections", "command", list(commands), described)
    codes = [(code, row[1]) for _, row in rows_under(sections.get("Exit codes", ""), "code")
             for code in map(int, row[0].split(", "))]
    for command, (told, options) in commands.items():
        where = f"gumbelcuda {command}".strip()
        text = sections.get(where, "")
        if f"```text\n{told.usage}\n```" not in text:
            yield f"{where}: usage is not '{told.usage}'"
        on_page = [option_of(table, row) for table, row in rows_under(text, "option")]
        # The page describes the option that all commands share only once.
        there = [option for option in options if command == "" or option.names != HELP]
        yield from problems_of_options(where, there, on_page)
        if HELP not in told.options:
            yield f"{where}: has no --help"
        arguments = [row[0].strip("`") for _, row in rows_under(text, "argument")]
        yield from problems_of_lists(where, "argument", told.arguments, arguments)
        if command:
            yield from problems_of_lists(where, "exit code", sorted(told.exit_codes),
                                         [code for code, of in codes if of == "all" or command in of.split(", ")])


def altered_pages(page):
    """(the alteration, the altered page, what the test must report), for every row that the test should read."""
    lines = page.splitlines()
    section = command = ""

    def altered(number, *instead):
        return "\n".join([*lines[:number], *instead, *lines[number + 1:]]) + "\n"

    for number, line in enumerate(lines):
        if match := re.match(r"## (.*)", line):
            section = match[1]
            command = section if section.startswith("gumbelcuda") else ""
            if command:
                yield f"{section} has another heading", altered(number, "## something else"), f"{section}: usage"
        if command and line.startswith(command + " [OPTIONS]"):
            yield f"{section} has another usage line", altered(number, line + " MORE"), f"{section}: usage"
        cells = re.split(r"(?<!\\)\|", line)[1:-1]
        if command and line.startswith("| `-"):
            name = max(re.findall(r"`(-[\w-]+)", cells[0]), key=len)
            blamed = f"{section}: {name}"
            changes = {"is missing": None,
                       "has another name": (0, cells[0].replace(f"`{name}", f"`{name}s")),
                       "takes another value": (0, re.sub(r"(`-[\w-]+)( [^`]+)?`",
                                                         lambda m: f"{m[1]}`" if m[2] else f"{m[1]} N`", cells[0])),
                       "has other values": (1, f"{cells[1].rstrip()} and more "),
                       "has another default": (2, f"{cells[2].rstrip()} 1 "),
                       "is not explained": (3, " ")}
            for done, change in changes.items():
                new = list(cells)
                if change:
                    new[change[0]] = change[1]
                yield f"{name} {done}", altered(number, *(["|" + "|".join(new) + "|"] if change else [])), blamed
            yield f"{name} stands there twice", altered(number, line, line), blamed
            invented = "|".join([" `--invented` ", *cells[1:]])
            yield "an option is invented", altered(number, line, f"|{invented}|"), f"{section}: there is no --invented"
        if command and line.startswith("| `FILE.h5`"):
            yield f"{section} lacks an argument", altered(number), f"{section}: argument FILE.h5"
        if line.startswith("| [`"):
            yield f"a command is not listed: {line}", altered(number), "commands: command "
        if match := re.match(r"\| (\d+)", line):
            yield f"exit code {match[1]} is missing", altered(number), f": exit code {match[1]} is missing"
            yield "an exit code is invented", altered(number, line, "| 77 | all | |"), ": there is no exit code 77"
        if section == "Exit codes" and line.endswith("|") and " train" in line:
            yield "an exit code is another command's", altered(number, line.replace(" train", " info")), "exit code"


class Page(CommandTest):
    @classmethod
    def setUpClass(cls):
        cls.page = PAGE.read_text(encoding="utf-8")

    def commands(self):
        return {name: self.read_command(name) for name in ("", *Help(self.help_text()).commands)}

    def help_text(self, *command):
        result = self.run_command(*command, "--help", env={**os.environ, "COLUMNS": "40"})
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        return result.stdout

    def read_command(self, name):
        told = Help(self.help_text(*filter(None, [name])))
        return told, [told.option(names, self.allowed(name, told, names) if told.options[names][0] else "")
                      for names in told.options]

    def allowed(self, command, told, names):
        """The allowed values, as the command's message about an empty value lists them; no option accepts an empty
        value."""
        name = max(names, key=len)
        result = self.run_command(command, *("a.h5" for _ in told.arguments), name, "")
        self.assertEqual((result.returncode, result.stdout), (2, ""))
        said = re.fullmatch(rf"gumbelcuda: error: {name}: (?:.*; allowed: (.*)|is empty|[^;]*)\n", result.stderr)
        self.assertIsNotNone(said, result.stderr)
        described = " ".join(told.options[names][2])
        self.assertIn(said[1] or "", described, "help names other values than the message")
        return said[1] or ""

    def test_is_what_help_says(self):
        self.assertEqual(list(problems(self.page, self.commands())), [])

    def test_altered_pages_are_found(self):
        commands, count = self.commands(), 0
        for done, page, blamed in altered_pages(self.page):
            count += 1
            with self.subTest(done):
                self.assertNotEqual(page, self.page)
                found = list(problems(page, commands))
                self.assertTrue(any(blamed in problem for problem in found), found)
        # Each option was altered in all ways.
        self.assertGreater(count, 8 * sum(len(options) - 1 for _, options in commands.values()))

    def test_keys_of_info(self):
        info = self.info()
        rows = {row[0]: row[1] for _, row in rows_under(self.page, "key of `gumbelcuda info --json`")}
        keys = [key for row in rows for key in re.findall(r"`(\w+)`", row)]
        self.assertEqual(sorted(keys), sorted(info))
        self.assertLessEqual(set(info["cpu"]), set(re.findall(r"`(\w+)`", rows["`cpu`"])))
        cuda = {*info["cuda"], *(key for device in info["cuda"]["devices"] for key in device)}
        self.assertLessEqual(cuda, set(re.findall(r"`(\w+)`", rows["`cuda`"])))
        self.assertIn(json.dumps(info["default_backend"]), rows["`default_backend`"])


if __name__ == "__main__":
    unittest.main()
