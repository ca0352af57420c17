#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Gumbel-max as a Triton kernel built the way vLLM builds its own: a program for each block of 1,024 logits of a row, a
Philox call and two logarithms for each logit, the block's best written to memory, and PyTorch's argmax over the
blocks. Written anew from that description; it is not vLLM's code. Runs by turns with ours; --device cpu runs the
check in Triton's interpreter."""
import os
import sys

import common

BLOCK = 1024
ROWS_OF_RACES, CLASSES_OF_RACES = (128, 1024), 131_072


def make_kernel(triton, language):
    tl = language

    @triton.jit
    def best_of_block(logits, scores, indices, seed, classes, blocks, BLOCK: tl.constexpr):
        row, block = tl.program_id(0), tl.program_id(1)
        k = block * BLOCK + tl.arange(0, BLOCK)
        x = tl.load(logits + row.to(tl.int64) * classes + k, mask=k < classes, other=float("-inf")).to(tl.float32)
        # One stream for each row, one Philox call for each class.
        u = tl.maximum(tl.rand(seed + row, k), 1e-37)
        score = x - tl.log(-tl.log(u))
        best, at = tl.max(score, axis=0, return_indices=True)
        tl.store(scores + row * blocks + block, best)
        tl.store(indices + row * blocks + block, (block * BLOCK + at).to(tl.int64))

    return best_of_block


class TritonGumbelMax:
    def __init__(self, torch, triton, language):
        self.torch, self.triton, self.kernel, self.seed = torch, triton, make_kernel(triton, language), 0

    def __call__(self, logits):
        rows, classes = logits.shape
        blocks = self.triton.cdiv(classes, BLOCK)
        scores = self.torch.empty(rows, blocks, dtype=self.torch.float32, device=logits.device)
        indices = self.torch.empty(rows, blocks, dtype=self.torch.int64, device=logits.device)
        self.seed += rows
        self.kernel[(rows, blocks)](logits, scores, indices, self.seed, classes, blocks, BLOCK=BLOCK)
        return indices.gather(1, scores.argmax(1, keepdim=True)).flatten()


def check_draws(torch, who, draw, rows, device):
    # Two likely classes, far apart in a row of two blocks, so that both the kernel and the argmax over blocks matter.
    logits = torch.full((rows, 1500), -1e4, device=device)
    logits[:, 3], logits[:, 1400] = 0., 1.
    drawn = draw(logits)
    late = (drawn == 1400).sum().item()
    only_those = late + (drawn == 3).sum().item() == rows
    probability = 1 / (1 + 2.718281828459045 ** -1)
    right, chi_square = common.chi_square_agrees((rows - late, late), (1 - probability, probability))
    common.check(f"{who}: draws", right and only_those, chi_square)


def main():
    arguments = common.arguments(__doc__)
    if arguments.device == "cpu":
        os.environ["TRITON_INTERPRET"] = "1"
    torch, triton = common.framework("torch"), common.framework("triton")
    if arguments.device == "cuda" and not torch.cuda.is_available():
        common.skip("this PyTorch sees no GPU")
    peer = TritonGumbelMax(torch, triton, common.framework("triton.language"))
    on_gpu = arguments.device == "cuda"
    check_draws(torch, "Triton kernel in vLLM's manner", peer, 20_000 if on_gpu else 300, arguments.device)
    if on_gpu:
        if not arguments.shared_object:
            common.skip("without --library there is nothing to compare it with")
        ours = common.OurOperations(torch, arguments.shared_object)

        def our_draw(logits):
            index = torch.empty(len(logits), dtype=torch.int64, device="cuda")
            ours.gumbel_max(logits, index)
            return index

        check_draws(torch, "ours, gumbel_max", our_draw, 20_000, "cuda")
        for rows in ROWS_OF_RACES:
            for dtype in (torch.float32, torch.bfloat16):
                logits = (4 * torch.rand(rows, CLASSES_OF_RACES, device="cuda") - 2).to(dtype)
                times = common.race(torch, [("ours", lambda: our_draw(logits)),
                                            ("Triton in vLLM's manner", lambda: peer(logits))])
                case = f"gumbel_max {str(dtype).removeprefix('torch.')} {rows}x{CLASSES_OF_RACES}"
                common.report_race(case, times, [("G9", "Triton in vLLM's manner", "ours")])
    return common.exit_code()


if __name__ == "__main__":
    sys.exit(main())
