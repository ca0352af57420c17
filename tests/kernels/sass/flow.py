# SPDX-License-Identifier: Apache-2.0
"""The control flow of a kernel: basic blocks, loops, and how often a block runs. Budgets are set on loops, so a loop must
be found by its shape: addresses change with every edit."""
import dataclasses


@dataclasses.dataclass
class Block:
    first: int  # index of its first instruction
    last: int  # one past its last
    next: list


# After these the warp does not go on with the next instruction, if they are unconditional.
ENDS = {"BRA", "EXIT", "RET", "BRX", "JMP", "BREAK", "ENDCOLLECTIVE"}


def jump(code, i):
    """(targets of instruction i, whether the next instruction may follow), in indices. A call returns. BRA.DIV leaves for
    code that only a warp runs whose lanes have come apart: no kernel here has that where it counts."""
    instruction = code[i]
    name = instruction.name
    always = not instruction.predicate and not conditional(instruction)
    if name == "BRA" and ".DIV" not in instruction.opcode:
        target = instruction.target()
        return ([target // 16] if target is not None else []), not always
    return [], not (name in ENDS - {"BRA"} and always)


def conditional(instruction):
    """BRA may name a condition among its operands: `BRA !P0, 0x40`, `BRA.U UP0, 0x40`."""
    return instruction.name == "BRA" and "," in instruction.operands and ".DIV" not in instruction.opcode


def blocks_of(code):
    starts = {0}
    for i, instruction in enumerate(code):
        targets, falls = jump(code, i)
        if targets or not falls or instruction.name in ("CALL", "WARPSYNC", "BRA"):
            starts.update(targets)
            starts.add(i + 1)
    starts = sorted(s for s in starts if s < len(code))
    number = {first: n for n, first in enumerate(starts)}
    blocks = []
    for n, first in enumerate(starts):
        last = starts[n + 1] if n + 1 < len(starts) else len(code)
        targets, falls = jump(code, last - 1)
        following = [number[t] for t in targets if t in number]
        if falls and last in number:
            following.append(number[last])
        blocks.append(Block(first, last, sorted(set(following))))
    return blocks


class Flow:
    """Blocks that can be reached from a kernel's start, their dominators, and natural loops."""

    def __init__(self, code):
        self.code = code
        self.blocks = blocks_of(code)
        self.order = self._order()
        self.before = {b: [] for b in self.order}
        for b in self.order:
            for n in self.blocks[b].next:
                self.before[n].append(b)
        self.dominator = self._dominators()
        self.loops = self._loops()

    def _order(self):
        """Blocks in reverse postorder."""
        seen, post, stack = {0}, [], [(0, iter(self.blocks[0].next))]
        while stack:
            block, following = stack[-1]
            for n in following:
                if n not in seen:
                    seen.add(n)
                    stack.append((n, iter(self.blocks[n].next)))
                    break
            else:
                post.append(block)
                stack.pop()
        return post[::-1]

    def _dominators(self):
        """Cooper, Harvey, Kennedy: A simple, fast dominance algorithm."""
        place = {b: i for i, b in enumerate(self.order)}
        dominator = {self.order[0]: self.order[0]}
        changed = True
        while changed:
            changed = False
            for b in self.order[1:]:
                new = None
                for p in self.before[b]:
                    if p not in dominator:
                        continue
                    if new is None:
                        new = p
                        continue
                    other = p
                    while new != other:
                        while place[new] > place[other]:
                            new = dominator[new]
                        while place[other] > place[new]:
                            other = dominator[other]
                if dominator.get(b) != new:
                    dominator[b] = new
                    changed = True
        return dominator

    def dominates(self, a, b):
        while b != a and b != self.order[0]:
            b = self.dominator[b]
        return a == b

    def _loops(self):
        """Natural loops, outermost first; those with one head are one."""
        bodies = {}
        for b in self.order:
            for head in self.blocks[b].next:
                if self.dominates(head, b):
                    body = bodies.setdefault(head, {head})
                    stack = [b]
                    while stack:
                        n = stack.pop()
                        if n not in body:
                            body.add(n)
                            stack += self.before[n]
        loops = [Loop(self, head, frozenset(body)) for head, body in bodies.items()]
        loops.sort(key=lambda loop: -len(loop.body))
        for loop in loops:
            outer = [o for o in loops if o is not loop and loop.body < o.body]
            loop.parent = outer[-1] if outer else None
        return loops

    def instructions(self, body):
        """Those of a set of blocks, in the order of the code."""
        return self.instructions_in_turn(sorted(body))

    def instructions_in_turn(self, way):
        """Those of blocks that run one after the other."""
        return [i for b in way for i in self.code[self.blocks[b].first:self.blocks[b].last]]


class Loop:
    def __init__(self, flow, head, body):
        self.flow, self.head, self.body, self.parent = flow, head, body, None

    @property
    def inner(self):
        """The loops directly in this one."""
        return [loop for loop in self.flow.loops if loop.parent is self]

    @property
    def own(self):
        """The blocks that are in no inner loop."""
        return self.body - frozenset().union(*(loop.body for loop in self.inner))

    @property
    def depth(self):
        return 0 if self.parent is None else self.parent.depth + 1

    def code(self, body=None):
        return self.flow.instructions(self.own if body is None else body)
