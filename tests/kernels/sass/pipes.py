# SPDX-License-Identifier: Apache-2.0
"""Which pipe an instruction takes, and for how long: the one table that counts and the model of cycles share.

A multiprocessor has four schedulers. Each issues one instruction of a warp a clock, and has pipes of its own; a pipe of
16 lanes takes two clocks for the 32 threads of a warp. Sources, the first two from memory:

  [guide]  NVIDIA, CUDA C++ Programming Guide, "Arithmetic Instructions": results per clock and multiprocessor
  [ncu]    NVIDIA, Nsight Compute, Kernel Profiling Guide, "Pipelines": what each pipe executes
  [forum]  forums.developer.nvidia.com, t/302018: the halves of the FMA pipe on 8.0, 8.6 and 9.0
  assumed  no public source; a guess from how ptxas schedules it
"""
import collections

# pipe: (what it executes, clocks of a warp instruction on 9.0, source)
PIPES = {
    "alu": ("32-bit integers, logic, comparison, selection", 2, "[guide] 64 a clock; [ncu] ALU"),
    "fma": ("float multiplication and addition, 2 x 16 lanes: either half", 1, "[guide] 128 a clock; [forum]"),
    "imad": ("integer multiplication: the heavy half of the FMA pipe only", 2, "[guide] 64 a clock; [forum]"),
    "fp64": ("double", 2, "[guide] 64 a clock"),
    "xu": ("reciprocal, log2, conversions, counting bits", 8, "[guide] 16 a clock; [ncu] XU"),
    "lsu": ("memory of all kinds, exchange between lanes; shared by the four schedulers", 4,
            "[guide] 32 a clock for shuffles; assumed for the rest"),
    "uniform": ("one number for the whole warp", 2, "assumed"),
    "control": ("branches and barriers", 1, "assumed"),
}

# The first part of an opcode: its pipe. What is missing and begins with U is uniform; nothing else may be missing.
NAMES = {
    "alu": """IADD3 VIADD LOP3 LOP ISETP ICMP FSETP FSEL SEL FMNMX FMNMX3 IMNMX VIMNMX VIMNMX3 SHF SHL SHR LEA PRMT MOV
              P2R R2P PLOP3 PSETP IABS VABSDIFF BMSK SGXT I2FP F2FP CS2R VOTE VOTEU HSETP2 HMNMX2 VHMNMX R2UR REDUX
              LOP32I IADD ISCADD FSET""",
    "fma": "FFMA FMUL FADD FFMA2 FSWZADD HFMA2 HADD2 HMUL2",
    "imad": "IMAD IMUL IDP IDP4A",
    "fp64": "DFMA DADD DMUL DSETP DMNMX",
    "xu": "MUFU I2F F2I F2F FRND FCHK POPC FLO BREV S2R S2UR I2I",
    "lsu": """LDG STG LDS STS LDL STL LD ST LDC SHFL ATOM ATOMG ATOMS RED MATCH LDGSTS LDSM CCTL MEMBAR ERRBAR QSPC""",
    "control": """BRA BSSY BSYNC CALL RET EXIT NOP WARPSYNC BREAK BAR DEPBAR YIELD BRX JMP ENDCOLLECTIVE LDGDEPBAR
                  BMOV NANOSLEEP KILL PREEXIT ACQBULK RPCMOV BPT LEPC GETLMEMBASE SETLMEMBASE SYNCS B2R ELECT CREDUX""",
}
PIPE_OF = {name: pipe for pipe, names in NAMES.items() for name in names.split()}


def pipe_of(instruction):
    name = instruction.name
    if name in PIPE_OF:
        return PIPE_OF[name]
    if name.startswith("U"):
        return "uniform"
    raise KeyError(f"{name}: an instruction that tests/kernels/sass/pipes.py does not know")


def clocks(instruction):
    """For how long a warp's instruction holds its pipe."""
    pipe = pipe_of(instruction)
    if pipe == "imad" and ".WIDE" in instruction.opcode:
        return 4  # two results a thread; assumed
    if pipe == "lsu":
        # A warp moves 128 bytes at a time, so four instructions' worth for vectors of four; assumed.
        return PIPES[pipe][1] * (4 if ".128" in instruction.opcode else 2 if ".64" in instruction.opcode else 1)
    return PIPES[pipe][1]


def count(code):
    """How many instructions each pipe executes; `issue` is all of them."""
    counted = collections.Counter(pipe_of(i) for i in code)
    counted["issue"] = len(code)
    return counted


def busy(code):
    """The clocks that each pipe of a scheduler is busy. The FMA pipe has two halves: the heavy one executes integer
    multiplications, and what is float goes where there is room."""
    taken = collections.Counter()
    for i in code:
        taken[pipe_of(i)] += clocks(i)
    heavy = taken.pop("imad", 0)
    taken["fma"] = max(heavy, (heavy + 2 * taken["fma"]) / 2)
    taken["issue"] = len(code)
    return taken
