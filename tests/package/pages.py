#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Everything that README.md, docs/ and examples/ tell a reader to type works. The library is installed into an empty
place; in an independent project, like a reader's, every block of C++ and C is compiled, every program run, and every
command line run or at least recognised. Blocks of other languages are parsed, links are followed, and all files,
headers and tests that a page names must exist. page_blocks.py explains the notation.

    pages.py --source ROOT --build FOLDER …   checks the tree's pages against what was built there
    pages.py --self-test …                    a page with every kind of fault, each of which must be found
"""
import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import page_blocks

LIMIT = 120  # seconds for one program or command, on a busy machine
NO_DEVICE = 4  # the command's exit code if --backend cuda finds no device
MISSING = "plot needs h5py and matplotlib"  # the command's message then
# Long trainings of pages are shortened, since their length does not affect what the command line accepts.
SHORT = {"--epochs": " --epochs 1", "--steps-per-epoch": " --steps-per-epoch 1"}
LANGUAGES = {"cpp", "c", "cuda", "cmake", "sh", "text", "python", "json", "toml"}
PLAIN_PROGRAM = ("#include <gumbelcuda/gumbelcuda.hpp>\n"
                 "int main() { gumbelcuda::validate(gumbelcuda::fleet_config{}); }\n")


def run(command, **options):
    return subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=LIMIT,
                          **options)


class Checker:
    def __init__(self, arguments, root, folder):
        self.arguments, self.root, self.folder = arguments, root, folder
        self.faults, self.checked = {}, 0
        self.prefix = folder / "prefix"
        path = f"{self.prefix / 'bin'}:{os.environ['PATH']}"
        pkg_config = ":".join(str(self.prefix / lib / "pkgconfig") for lib in ("lib", "lib64"))
        self.environment = {**os.environ, "PATH": path, "PKG_CONFIG_PATH": pkg_config}
        presets = json.loads((arguments.source / "CMakePresets.json").read_text())
        self.presets = {preset["name"] for kind, listed in presets.items() if kind.endswith("Presets")
                        for preset in listed}

    def fault(self, place, problem):
        self.faults.setdefault(place, []).append(problem)

    def configure(self, folder, text):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "empty.cpp").write_text("int main() {}\n")
        (folder / "libgumbelcuda").symlink_to(self.arguments.source.resolve())  # as in the tree of a page's reader
        (folder / "CMakeLists.txt").write_text(f"cmake_minimum_required(VERSION 3.24)\nproject(pages C CXX)\n{text}")
        return run([self.arguments.cmake, "-G", self.arguments.generator, "-S", folder, "-B", folder / "build",
                    f"-DCMAKE_CXX_COMPILER={self.arguments.cxx}", f"-DCMAKE_PREFIX_PATH={self.prefix}"])

    def compile(self, blocks):
        """Compiles programs one by one, and all other C++ of a page as functions of one file. #line makes compilers
        name the page, or the file that it includes."""
        sources = {}
        for block in blocks:
            lines = f'#line {1 if block.file else block.line + 1} "{block.file or block.page}"\n{block.text}'
            if block.is_program:
                sources[block.name] = lines
            else:
                name = re.sub(r"\W", "_", block.page)
                includes = "".join(line for line in block.text.splitlines(True) if line.startswith("#include"))
                body = re.sub(r"(?m)^#include.*", "", lines)
                head, functions = sources.get(name, ("", ""))
                given = block.note.removeprefix("given:") if block.note.startswith("given:") else ""
                sources[name] = head + includes, functions + f"void {block.name}() {{\n{given}\n{body}}}\n"
        c_programs = {block.name for block in blocks if block.language == "c"}
        project = self.folder / "project"
        text = "find_package(gumbelcuda REQUIRED)\nadd_compile_options(-Wall -Wextra -Werror -Wno-unused)\n"
        project.mkdir()
        for name, source in sources.items():
            main = "" if isinstance(source, str) else "int main() {}\n"
            file = f"{name}.c" if name in c_programs else f"{name}.cpp"
            (project / file).write_text("".join(source) + main)
            text += f"add_executable({name} {file})\ntarget_link_libraries({name} PRIVATE gumbelcuda::gumbelcuda)\n"
        configured = self.configure(project, text)
        if configured.returncode:
            self.fault("project", configured.stdout)
            return
        keep_going = ["-k", "0"] if self.arguments.generator.startswith("Ninja") else ["-k"]
        built = run([self.arguments.cmake, "--build", project / "build", "-j2", "--", *keep_going]).stdout
        errors = [(file, int(line), error) for file, line, error in re.findall(
            r"(?m)^([\w./-]+\.(?:md|cpp|c)):(\d+):\d+: (?:fatal )?(error: .*)", built)
            if file in {block.file or block.page for block in blocks}]
        for file, line, error in errors:
            above = [block for block in blocks
                     if block.file == file or (block.page == file and not block.file and block.line < line)]
            self.fault(max(above, key=lambda block: block.line).place, f"{file}, line {line}: {error}")
        for name in sources:
            if not errors and not (project / "build" / name).exists():
                self.fault(name, built)

    def run_program(self, block):
        program = self.folder / "project" / "build" / block.name
        if not program.exists():
            return ""
        finished = run([program], cwd=self.scratch(block.page), env=self.environment)
        if finished.returncode:
            self.fault(block.place, f"exit status {finished.returncode}\n{finished.stdout}")
        return finished.stdout

    def scratch(self, page):
        """The commands of a page run in one folder, in which app.cpp or app.c is the page's first program."""
        folder = self.folder / "scratch" / page
        if not folder.exists():
            folder.mkdir(parents=True)
            programs = [(b.language, b.text) for b in self.blocks if b.page == page and b.is_program]
            language, text = programs[0] if programs else ("cpp", PLAIN_PROGRAM)
            (folder / f"app.{language}").write_text(text)
            (folder / "examples").symlink_to(self.arguments.source.resolve() / "examples")
        return folder

    def run_commands(self, block):
        output = ""
        lines = re.sub(r"\\\n\s*", "", block.text).splitlines()
        for command in (part for line in lines for part in re.sub(r"(^|\s+)#.*", "", line).split(" && ")):
            word = command.split()[0] if command.split() else ""
            if word == "nvcc" and not shutil.which(word):
                print(f"not run: {command}: there is no nvcc")
            elif word in ("gumbelcuda", "g++", "cc", "nvcc", "pkg-config", "./app"):
                output += self.run_command(block, command)
            elif word in ("cmake", "ctest"):
                self.know_cmake(block, command)
            elif word and not os.access(self.arguments.source / word, os.X_OK):
                self.fault(block.place, f"no command that this test knows, and no script of the tree: {command}")
        return output

    def run_command(self, block, command):
        if command.startswith("gumbelcuda train"):
            command += "".join(option for name, option in SHORT.items() if name not in command)
        finished = run(["bash", "-c", command], cwd=self.scratch(block.page), env=self.environment)
        if MISSING in finished.stdout:
            print(f"not run: {command}: {finished.stdout}", end="")
        elif finished.returncode not in ((0, NO_DEVICE) if "--backend cuda" in command else (0,)):
            self.fault(block.place, f"exit status {finished.returncode}: {command}\n{finished.stdout}")
        return finished.stdout

    def know_cmake(self, block, command):
        """This is not run, because it would build everything; but its presets and options must exist in the tree."""
        options = "".join(path.read_text() for path in (self.arguments.source / "CMakeLists.txt",
                                                        *(self.arguments.source / "cmake").glob("*.cmake")))
        unknown = [name for name in re.findall(r"--preset[= ](\S+)", command) if name not in self.presets]
        unknown += [name for name in re.findall(r"-D(GUMBELCUDA_\w+)", command) if name not in options]
        if unknown:
            self.fault(block.place, f"no such preset or option: {', '.join(unknown)}")

    def parse(self, block):
        try:
            if block.language == "python":  # uses other libraries, so it is not run
                compile(block.text, block.place, "exec")
            elif block.language == "json":
                json.loads(block.text)
        except (SyntaxError, ValueError) as error:
            self.fault(block.place, str(error))
        if block.language == "toml":
            sweep = self.scratch(block.page) / f"{block.name}.toml"
            sweep.write_text(block.text)
            self.run_command(block, f"gumbelcuda sweep {sweep.name} --dry-run --quiet")
        if block.language == "cmake":
            configured = self.configure(self.folder / block.name, f"add_executable(app empty.cpp)\n{block.text}")
            if configured.returncode:
                self.fault(block.place, configured.stdout)
        if block.language == "cuda" and not block.file and not block.note.startswith("from:"):
            self.fault(block.place, "a block of CUDA C++ that is not from a file, which is where it is compiled")
        if block.note.startswith("from:"):
            file = self.arguments.source / block.note.removeprefix("from:").strip()
            if not file.is_file() or block.text not in file.read_text(encoding="utf-8"):
                self.fault(block.place, f"these lines are not in {file.name}")
        if block.language not in LANGUAGES and not block.language.startswith("{"):
            self.fault(block.place, f"{block.language or 'no language'}: none of {', '.join(sorted(LANGUAGES))}")

    def check_page(self, blocks):
        output = ""
        for block in blocks:
            self.parse(block)
            if block.is_program:
                output = self.run_program(block)
            elif block.language == "sh":
                output = self.run_commands(block)
            elif block.note == "output" and block.text != output:
                self.fault(block.place, f"it prints\n{output}")

    def check(self):
        installed = run([self.arguments.cmake, "--install", self.arguments.build, "--prefix", self.prefix])
        if installed.returncode:
            self.fault("install", installed.stdout)
            return
        self.blocks = []
        for path in page_blocks.pages_of(self.root):
            blocks, problems = page_blocks.read(self.root, path, self.arguments.source)
            self.blocks += blocks
            for line, problem in problems:
                self.fault(f"{path.relative_to(self.root)}:{line}", problem)
        self.compile([block for block in self.blocks if block.language in ("cpp", "c")])
        pages = {}
        for block in self.blocks:
            pages.setdefault(block.page, []).append(block)
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(self.check_page, pages.values()))


def self_test(arguments, folder):
    """In the planted page, FAULT means that the test must report the block or line that follows."""
    root = folder / "planted"
    (root / "docs").mkdir(parents=True)
    text = (Path(__file__).parent / "page_faults.txt").read_text(encoding="utf-8")
    (root / "README.md").write_text(text.replace("FAULT\n", "\n"))
    (root / "CONTRIBUTING.md").write_text("")
    # The comment of a block may stand between FAULT and the block's fence.
    expected, lines = set(), text.splitlines()
    for number, line in enumerate(lines, 1):
        if line == "FAULT":
            at = next(i for i in range(number, len(lines)) if lines[i] and not lines[i].startswith("<!--"))
            expected.add(f"README.md:{at + 1}")
    checker = Checker(arguments, root, folder)
    checker.check()
    for place in sorted(expected ^ set(checker.faults)):
        print(f"FAILED: {place} should {'' if place in expected else 'not '}be blamed", checker.faults.get(place, ""))
    print(f"{len(expected)} faults planted")
    return expected != set(checker.faults)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("source", "build"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    for name in ("cmake", "generator", "cxx"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--self-test", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if arguments.self_test:
            return 1 if self_test(arguments, Path(folder)) else 0
        checker = Checker(arguments, arguments.source.resolve(), Path(folder))
        checker.check()
        for place, problems in sorted(checker.faults.items()):
            print(*(f"{place}: {problem}" for problem in problems), sep="\n")
        print(f"{len(checker.blocks)} blocks, {len(checker.faults)} with faults")
        return 1 if checker.faults or not checker.blocks else 0


if __name__ == "__main__":
    sys.exit(main())
