# SPDX-License-Identifier: Apache-2.0
"""The instructions of one iteration of a loop. Not all of a loop's blocks run each time: memory that is not aligned, words
in the tail of the noise, and divisions with denormal numbers have blocks of their own. So a count is that of the
cheapest way through the loop that still does its work: that passes given *landmarks* as often as it should. Blocks that
call a subroutine, which are the rare cases of divisions, are never passed. Loops inside are not counted: they have rows
of their own."""


class NotFound(Exception):
    """A loop, or a way through it, that a budget names and the kernel does not have."""


def has_philox(instruction):
    """A multiplier of Philox4x32, 0xD2511F53, as ptxas writes it."""
    return "0xd2511f53" in instruction.operands or "-0x2daee0ad" in instruction.operands


def begins(pattern):
    return lambda instruction: instruction.opcode.startswith(pattern)


def amount(code, wanted):
    return sum(1 for i in code if wanted(i))


# Landmarks: functions of a node's code, and of whether the node is a loop inside, to how many it has.
def outside(wanted):
    """Instructions in no inner loop."""
    return lambda code, is_loop: 0 if is_loop else amount(code, wanted)


def inside(wanted):
    """Instructions in inner loops, which a way passes as a whole."""
    return lambda code, is_loop: amount(code, wanted) if is_loop else 0


def heavy(code, is_loop):
    """Blocks that compute at least four Gumbels or exponentials, unlike those for the rare words in the tails."""
    return 0 if is_loop else int(amount(code, begins("FFMA")) >= 32)


class Nodes:
    """The blocks of a region, with each loop inside it as one node. Node: a block's number, or a Loop."""

    def __init__(self, flow, region, inner):
        self.flow, self.region = flow, region
        self.node = {b: b for b in region}
        for loop in inner:
            for b in loop.body:
                self.node[b] = loop
        place = {b: n for n, b in enumerate(flow.order)}
        self.order = []
        for b in sorted(region, key=place.get):
            if self.node[b] not in self.order:
                self.order.append(self.node[b])
        self.next = {n: [] for n in self.order}
        for b in region:
            for t in flow.blocks[b].next:
                if t in self.node and self.node[t] is not self.node[b] and self.node[t] not in self.next[self.node[b]]:
                    self.next[self.node[b]].append(self.node[t])

    def code(self, node):
        blocks = [node] if isinstance(node, int) else node.body
        return self.flow.instructions(blocks)


def cheapest(flow, region, inner, start, ends, landmarks, avoid=()):
    """[node]: the cheapest way from block `start` to one of the blocks `ends` with at least `number` of each landmark,
    {landmark: number}, and none of those to avoid."""
    nodes = Nodes(flow, region, inner)
    wanted = tuple(landmarks.values())
    code_of = {node: nodes.code(node) for node in nodes.order}
    gains = {node: tuple(landmark(code, not isinstance(node, int)) for landmark in landmarks)
             for node, code in code_of.items()}
    # How many of each landmark a way may still pass at most, this node included. Ways that cannot reach their number are
    # dropped, of which there are very many where quads are unrolled.
    ahead = {}
    for node in reversed(nodes.order):
        after = [ahead[n] for n in nodes.next[node] if n in ahead and n != start]
        ahead[node] = tuple(g + max((a[i] for a in after), default=0) for i, g in enumerate(gains[node]))
    best = {nodes.node[start]: {}}
    for node in nodes.order:
        code = code_of[node]
        if isinstance(node, int) and (any(i.name == "CALL" for i in code) or any(a(i) for a in avoid for i in code)):
            best.pop(node, None)
            continue
        arrivals = best.pop(node, None)
        if node is nodes.node[start] or node == start:
            arrivals = {tuple(0 for _ in wanted): (0, None)}
        if not arrivals:
            continue
        gained = gains[node]
        cost = len(code) if isinstance(node, int) else 0
        here = {}
        for state, (so_far, way) in arrivals.items():
            if any(s + a < w for s, a, w in zip(state, ahead[node], wanted)):
                continue
            after = tuple(min(w, s + g) for w, s, g in zip(wanted, state, gained))
            if after not in here or so_far + cost < here[after][0]:
                here[after] = (so_far + cost, (node, way))
        best[node] = here
        for following in nodes.next[node]:
            if following == start:
                continue
            there = best.setdefault(following, {})
            for state, (so_far, way) in here.items():
                if state not in there or so_far < there[state][0]:
                    there[state] = (so_far, way)
    final = [best[nodes.node[e]][wanted] for e in ends if wanted in best.get(nodes.node[e], {})]
    if not final:
        raise NotFound("no way through it passes all landmarks")
    way, found = min(final, key=lambda f: f[0])[1], []
    while way:
        found.append(way[0])
        way = way[1]
    return found[::-1]


def way_through(loop, landmarks=None, avoid=()):
    """The nodes of one iteration of a loop."""
    ends = [b for b in loop.body if loop.head in loop.flow.blocks[b].next]
    return cheapest(loop.flow, loop.body, loop.inner, loop.head, ends, landmarks or {}, avoid)


def iteration(loop, landmarks=None, avoid=()):
    """The instructions of one iteration of a loop."""
    return loop.flow.instructions_in_turn([n for n in way_through(loop, landmarks, avoid) if isinstance(n, int)])
