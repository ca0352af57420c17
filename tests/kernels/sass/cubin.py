# SPDX-License-Identifier: Apache-2.0
"""Reads kernels from the objects that nvcc made, down to machine code: what ptxas emits differs from the PTX that it is
given, and only the former costs time. cuobjdump takes the cubin out of an object, nvdisasm names the instructions, and
the bits that steer the scheduler, which nvdisasm does not print, are read from the cubin itself."""
import dataclasses
import json
import os
import re
import shutil
import struct
import subprocess
import tempfile
from pathlib import Path

from kernel_names import readable

TOOLS = ("nvdisasm", "cuobjdump")


class Missing(Exception):
    """Something that the check needs is not on this machine."""


def find_tool(name, build=None):
    """GUMBELCUDA_NVDISASM or GUMBELCUDA_CUOBJDUMP, PATH, the toolkit, the virtual environment that
    scripts/install-dependencies makes in a build folder (or above it)."""
    toolkit = os.environ.get("CUDA_HOME", "/usr/local/cuda")
    folders = [Path(toolkit, "bin")]
    for folder in [Path(build).resolve(), *Path(build).resolve().parents][:3] if build else []:
        folders += sorted(folder.glob("cuda-tools/lib/python3*/site-packages/nvidia/*/bin"))
    choices = [os.environ.get(f"GUMBELCUDA_{name.upper()}"), shutil.which(name), *(str(f / name) for f in folders)]
    for choice in choices:
        if choice and os.access(choice, os.X_OK):
            return choice
    raise Missing(f"no {name}: pip install nvidia-cuda-nvdisasm nvidia-cuda-cuobjdump, or "
                  f"scripts/install-dependencies test")


@dataclasses.dataclass(frozen=True)
class Instruction:
    opcode: str  # with its modifiers: "IMAD.WIDE.U32"
    operands: str
    predicate: str  # "@!P0", "" if it always executes
    stall: int = 1  # clocks until the warp may issue its next instruction
    writes: int = 7  # the scoreboard that is released when the result has arrived, 7: none
    reads: int = 7  # the scoreboard that is released when the operands have been read
    waits: int = 0  # a bit for each scoreboard that must be free

    @property
    def name(self):
        return self.opcode.split(".", 1)[0]

    def target(self):
        """The address that a branch names."""
        found = re.search(r"\b0x[0-9a-f]+$", self.operands)
        return int(found.group(), 16) if found else None


@dataclasses.dataclass(frozen=True)
class Kernel:
    name: str  # readable, without namespaces
    registers: int
    block: int  # threads, 0 if the kernel has no bound
    stack: int  # bytes of a thread's frame
    code: tuple = ()  # of Instruction; empty until disassembled
    mangled: str = ""


def control(word):
    """The scheduler's fields of an instruction of 128 bits, in the layout that every architecture since 7.0 has."""
    bits = word >> 105
    return {"stall": bits & 15, "writes": bits >> 5 & 7, "reads": bits >> 8 & 7, "waits": bits >> 11 & 63}


def short(names):
    """Names of kernels as budgets name them: without arguments."""
    return [name.replace("(anonymous namespace)::", "").removeprefix("void ").split("(")[0].replace("> >", ">>")
            for name in readable(names)]


class Cubin:
    """A cubin: an ELF file with a section of code and one of properties a kernel."""
    MAX_THREADS, FRAME, REGISTERS = 0x05, 0x11, 0x2F  # numbers of properties

    def __init__(self, path):
        self.path = path
        self.bytes = Path(path).read_bytes()
        offset, = struct.unpack_from("<Q", self.bytes, 0x28)
        size, count, names = struct.unpack_from("<HHH", self.bytes, 0x3A)
        headers = [struct.unpack_from("<IIQQQQIIQQ", self.bytes, offset + i * size) for i in range(count)]
        strings = headers[names][4]
        self.sections = {self.string(strings + h[0]): h for h in headers}
        self.index = list(self.sections)
        symbols = self.sections[".symtab"]
        string_table = headers[symbols[6]][4]
        self.symbols = []
        for at in range(symbols[4], symbols[4] + symbols[5], 24):
            name, _, _, section, value, length = struct.unpack_from("<IBBHQQ", self.bytes, at)
            self.symbols.append((self.string(string_table + name), section, value, length))

    def string(self, at):
        return self.bytes[at:self.bytes.index(b"\0", at)].decode()

    def version(self):
        """Of the ptxas that made it: "13.0.88"."""
        found = re.search(rb"\bV(\d+\.\d+\.\d+)", self.bytes)
        return found.group(1).decode() if found else None

    def content(self, name):
        header = self.sections.get(name)
        return self.bytes[header[4]:header[4] + header[5]] if header else b""

    @staticmethod
    def properties(content):
        """[(number, value)] of a section .nv.info"""
        found, at = [], 0
        while at < len(content):
            form, number, size = struct.unpack_from("<BBH", content, at)
            at += 4
            if form == 4:
                found.append((number, content[at:at + size]))
                at += size
            else:
                found.append((number, size))
        return found

    def kernels(self):
        """All kernels, without their code."""
        mangled = [name[6:] for name in self.sections if name.startswith(".text.")]
        of_symbol = {self.FRAME: {}, self.REGISTERS: {}}
        for number, value in self.properties(self.content(".nv.info")):
            if number in of_symbol:
                symbol, amount = struct.unpack("<II", value)
                of_symbol[number][self.symbols[symbol][0]] = amount
        kernels = []
        for name, shown in zip(mangled, short(mangled)):
            block = 0
            for number, value in self.properties(self.content(f".nv.info.{name}")):
                if number == self.MAX_THREADS:
                    x, y, z = struct.unpack("<III", value)
                    block = x * y * z
            kernels.append(Kernel(shown, of_symbol[self.REGISTERS][name], block, of_symbol[self.FRAME].get(name, 0),
                                  mangled=name))
        return kernels

    def disassemble(self, kernels, nvdisasm):
        """The same kernels with their code."""
        number = {name: i for i, (name, *_) in enumerate(self.symbols)}
        wanted = ",".join(str(number[k.mangled]) for k in kernels)
        run = subprocess.run([nvdisasm, "-json", "-fun", wanted, self.path], capture_output=True, text=True)
        if run.returncode:
            raise Missing(f"{nvdisasm} prints no JSON, as that of CUDA 12.8 and later does: {run.stderr.strip()}")
        code = {f["function-name"]: f["sass-instructions"] for f in json.loads(run.stdout)[1]}
        return [dataclasses.replace(k, code=self.decoded(k.mangled, code[k.mangled])) for k in kernels]

    def decoded(self, mangled, listed):
        words = self.content(f".text.{mangled}")
        return tuple(Instruction(i["opcode"], i.get("operands", ""), i.get("predicate", ""),
                                 **control(int.from_bytes(words[16 * n:16 * n + 16], "little")))
                     for n, i in enumerate(listed))


def objects_of(build):
    """The objects of the library's kernels in a build folder."""
    found = sorted(p for p in Path(build).resolve().rglob("*.cu.o")
                   if "gumbelcuda_clusters.dir" in p.parts or "gumbelcuda_library.dir" in p.parts and "kernels" in p.parts)
    if not found:
        raise Missing(f"no objects of kernels in {build}")
    return found


def cubins(build, folder, architecture="sm_90", objects=objects_of):
    """The cubins of a build's kernels for one architecture, written to `folder`."""
    cuobjdump = find_tool("cuobjdump", build)
    for path in objects(build):
        subprocess.run([cuobjdump, "-arch", architecture, "-xelf", "all", path], cwd=folder, capture_output=True,
                       check=True)
    found = sorted(Path(folder).glob(f"*.{architecture}.cubin"))
    if not found:
        raise Missing(f"no machine code for {architecture} in {build}")
    return [Cubin(path) for path in found]


def load(build, wanted, objects=objects_of):
    """(all kernels for 9.0 without code, those with code whose names one of the patterns `wanted` matches, the version of
    the ptxas that made them)"""
    with tempfile.TemporaryDirectory() as folder:
        everything, disassembled, version = [], [], "of unknown version"
        for cubin in cubins(build, folder, objects=objects):
            kernels = cubin.kernels()
            everything += kernels
            chosen = [k for k in kernels if any(re.search(pattern, k.name) for pattern in wanted)]
            if chosen:
                disassembled += cubin.disassemble(chosen, find_tool("nvdisasm", build))
            version = cubin.version() or version
        return everything, disassembled, version
