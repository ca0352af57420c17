#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Installs the library, moves the installed tree, and builds and runs a small project (consumer/) with nothing else:
programs in C++, in C and, if there is nvcc, in CUDA C++, each once by find_package and once by pkg-config. A program
prints the same either way, and all programs that draw samples print the same samples; so does the one of a project
in C alone (parent/). The examples, which are a project of their own, are built and pass as tests.

    --build FOLDER   installs what has been built there
    --bare-shared    first builds the library anew, as a part of parent/, which installs it: shared, and as on a machine
                     without Highway and CUDA
"""
import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

CONTRACT_FLAG = "-ffp-contract=off"
PROGRAMS = {"consumer": "main.cpp", "samples_c": "samples.c", "samples_cpp": "samples.cpp",
            "samples_cuda": "samples.cu"}


def run(*command, **options):
    print("$", *command, flush=True)
    return subprocess.run([str(word) for word in command], check=True, text=True, **options)


def output(*command, **options):
    return run(*command, stdout=subprocess.PIPE, **options).stdout


def require(condition, message):
    if not condition:
        sys.exit(f"FAILED: {message}")


def configure_parent(arguments, folder, *options):
    run(arguments.cmake, "-G", arguments.generator, "-S", arguments.source / "tests/package/parent", "-B", folder,
        f"-DCMAKE_C_COMPILER={arguments.cc}", *options)


def knows(folder, language):
    return bool(list(folder.glob(f"CMakeFiles/*/CMake{language}Compiler.cmake")))


def rules_of(folder):
    """The build rules that the generator (Ninja or Make) wrote."""
    return "".join(path.read_text() for name in ("build.ninja", "build.make", "link.txt")
                   for path in folder.rglob(name))


def in_c_alone(prefix, arguments, folder):
    configure_parent(arguments, folder, f"-DCMAKE_PREFIX_PATH={prefix}")
    require(not knows(folder, "CXX"), "the project in C alone was given C++")
    run(arguments.cmake, "--build", folder)
    return output(folder / "samples_c")


def as_a_part(arguments, folder):
    """Checks what this project adds to a parent's build besides the library. The build is configured but not run."""
    part = [f"-DGUMBELCUDA_FOLDER={arguments.source}", f"-DCMAKE_CXX_COMPILER={arguments.cxx}"]
    configure_parent(arguments, folder / "part", *part)
    require(not knows(folder / "part", "CUDA"), "a parent in C alone was given CUDA")
    require(not (folder / "part/compile_commands.json").exists(), "a parent was given half of a compile_commands.json")
    require(re.search(r"libgumbelcuda\.a .*-l(std)?c\+\+", rules_of(folder / "part")),
            "a parent's program in C is linked without the library of C++")
    if arguments.nvcc:
        configure_parent(arguments, folder / "cuda_part", *part, "-DWITH_CUDA=ON",
                         f"-DCMAKE_CUDA_COMPILER={arguments.nvcc}", "-DCMAKE_CUDA_ARCHITECTURES=OFF")
        require(re.search(r"kernels/\w+/\w+\.cu\b", rules_of(folder / "cuda_part")), "a parent with CUDA was given no CUDA")


def build_bare_shared(arguments, build):
    configure_parent(arguments, build, f"-DGUMBELCUDA_FOLDER={arguments.source}",
                     f"-DCMAKE_CXX_COMPILER={arguments.cxx}", "-DBUILD_SHARED_LIBS=ON",
                     "-DGUMBELCUDA_HIGHWAY_INCLUDE_DIR=", "-DCMAKE_BUILD_TYPE=Debug", "-DCMAKE_CXX_FLAGS_DEBUG=",
                     "-DGUMBELCUDA_QUICK=ON")
    run(arguments.cmake, "--build", build)
    require(not list(build.rglob("avx2.cpp.o*")), "Highway was hidden, and yet code for AVX2 was built")
    return output(build / "samples_c")


def check_tree(prefix, arguments, build):
    installed = {path.relative_to(prefix).as_posix() for path in prefix.rglob("*") if path.is_file()}
    public = {f"include/{path.relative_to(arguments.source / 'include').as_posix()}"
              for path in (arguments.source / "include").rglob("*.h*")}
    require(public <= installed, f"not installed: {sorted(public - installed)}")
    require(any(name.endswith("/LICENSE") for name in installed), "no LICENSE installed")
    for path in (prefix / name for name in installed if name.endswith((".cmake", ".pc"))):
        for place in (arguments.source, build, prefix.parent):
            require(str(place) not in path.read_text(), f"{path.name} names {place}; it could not be moved")


def by_find_package(prefix, arguments, folder):
    consumer = arguments.source / "tests/package/consumer"
    configure = [arguments.cmake, "-G", arguments.generator, "-S", consumer, "-B", folder,
                 f"-DCMAKE_CXX_COMPILER={arguments.cxx}", f"-DCMAKE_C_COMPILER={arguments.cc}",
                 f"-DCMAKE_PREFIX_PATH={prefix}", "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON"]
    if arguments.nvcc:
        # Without a device, any architecture will do: nvcc's own choice.
        configure += ["-DWITH_CUDA=ON", f"-DCMAKE_CUDA_COMPILER={arguments.nvcc}",
                      "-DCMAKE_CUDA_ARCHITECTURES=OFF"]
    run(*configure, f"-DWANTED_VERSION={arguments.version}")
    require(CONTRACT_FLAG in (folder / "compile_commands.json").read_text(),
            f"{CONTRACT_FLAG} did not reach the consumer")
    run(arguments.cmake, "--build", folder)
    major, minor, _ = arguments.version.split(".")
    other = subprocess.run([str(word) for word in configure] + [f"-DWANTED_VERSION={major}.{int(minor) + 1}.0"],
                           capture_output=True, check=False)
    require(other.returncode != 0, "a newer version was asked for, and this one was taken")
    return {name: output(folder / name) for name in arguments.programs}


def build_examples(prefix, arguments, folder):
    cuda = [f"-DCMAKE_CUDA_COMPILER={arguments.nvcc}", "-DCMAKE_CUDA_ARCHITECTURES=OFF"] if arguments.nvcc else []
    run(arguments.cmake, "-G", arguments.generator, "-S", arguments.source / "examples", "-B", folder,
        f"-DCMAKE_CXX_COMPILER={arguments.cxx}", f"-DCMAKE_C_COMPILER={arguments.cc}", f"-DCMAKE_PREFIX_PATH={prefix}",
        *cuda)
    run(arguments.cmake, "--build", folder)
    tests = output(Path(arguments.cmake).with_name("ctest"), "--test-dir", folder, "--show-only")
    for path in (arguments.source / "examples").glob("*.c*"):
        if path.suffix != ".cu" or arguments.nvcc:
            require(f"example.{path.stem}\n" in tests, f"{path.name} is not among the tests")
    run(Path(arguments.cmake).with_name("ctest"), "--test-dir", folder, "--output-on-failure")
    # Where LibTorch is, this build has compiled its examples already (example.autoencoder_test).
    torch = subprocess.run([str(word) for word in (
        arguments.cmake, "-G", arguments.generator, "-S", arguments.source / "examples/libtorch", "-B",
        folder / "libtorch", f"-DCMAKE_CXX_COMPILER={arguments.cxx}", f"-DCMAKE_PREFIX_PATH={prefix}")],
        check=False, capture_output=True, text=True)
    if "TorchConfig.cmake" in torch.stderr:
        print("skipped: examples/libtorch as a project of its own, since there is no LibTorch")
    else:
        require(torch.returncode == 0, f"examples/libtorch as a project of its own\n{torch.stderr}")


def by_pkg_config(prefix, arguments, folder):
    (file,) = prefix.rglob("gumbelcuda.pc")
    environment = {**os.environ, "PKG_CONFIG_PATH": str(file.parent), "LD_LIBRARY_PATH": str(file.parent.parent)}

    def ask(*options):
        return output("pkg-config", *options, "gumbelcuda", env=environment).split()

    cflags, libs = ask("--cflags"), ask("--libs", *([] if arguments.bare_shared else ["--static"]))
    nvcc_flags = ask("--variable=nvcc_cflags")
    require(CONTRACT_FLAG in cflags, f"{CONTRACT_FLAG} is not among {cflags}")
    require("-fmad=false" in nvcc_flags, f"-fmad=false is not among {nvcc_flags}")
    require(ask("--modversion") == [arguments.version], "version")
    compilers = {".cpp": [arguments.cxx, "-std=c++20", "-O2", *cflags], ".c": [arguments.cc, "-std=c99", *cflags],
                 ".cu": [arguments.nvcc, *nvcc_flags]}
    printed = {}
    for name, source in arguments.programs.items():
        program = folder / f"{name}_by_pkg_config"
        run(*compilers[Path(source).suffix], arguments.source / "tests/package/consumer" / source, *libs, "-o", program)
        printed[name] = output(program, env=environment)
    return printed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--cmake", "--generator", "--cxx", "--cc", "--version"):
        parser.add_argument(name, required=True)
    parser.add_argument("--nvcc", default="", help="empty: there is none")
    parser.add_argument("--source", type=Path, required=True)
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--build", type=Path)
    which.add_argument("--bare-shared", action="store_true")
    arguments = parser.parse_args()
    arguments.programs = dict(PROGRAMS)
    if not arguments.nvcc:
        print(f"skipped: {arguments.programs.pop('samples_cuda')}, since there is no nvcc")

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        build = arguments.build or folder / "build"
        drawn = []
        if arguments.bare_shared:
            drawn.append(build_bare_shared(arguments, build))
        else:
            as_a_part(arguments, folder)
        run(arguments.cmake, "--install", build, "--prefix", folder / "installed", stdout=subprocess.DEVNULL)
        prefix = (folder / "installed").rename(folder / "moved")
        check_tree(prefix, arguments, build)
        first = by_find_package(prefix, arguments, folder / "consumer")
        second = by_pkg_config(prefix, arguments, folder)
        print(first)
        require(first == second, f"by pkg-config they printed\n{second}")
        drawn.append(in_c_alone(prefix, arguments, folder / "in_c_alone"))
        samples = {text for name, text in first.items() if name.startswith("samples")}.union(drawn)
        require(len(samples) == 1, "the samples are not the same in every language")
        if not arguments.bare_shared:
            build_examples(prefix, arguments, folder / "examples")
        command = prefix / "bin/gumbelcuda"
        if command.exists():
            print(output(command, "--version"), end="")
            for script in (arguments.source / "host/cli").glob("*.py"):
                require((prefix / "share/gumbelcuda" / script.name).exists(), f"the command was installed without {script}")


if __name__ == "__main__":
    main()
