#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""PyTorch's F.gumbel_softmax forward and backward, eager and compiled, and softmax + torch.multinomial, by turns with
our operations on the same tensors."""
import sys

import common

SHAPES = ((65_536, 1024), (2048, 32_768), (512, 131_072))
TEMPERATURE = .7


def check_peer(torch, device):
    """Checks that rows sum to 1, and that hard samples and draws follow softmax(logits)."""
    functional = torch.nn.functional
    logits = torch.tensor([0., 1., -1., .5, 2.], device=device)
    rows = logits.expand(200_000, 5).contiguous().requires_grad_()
    y = functional.gumbel_softmax(rows, tau=TEMPERATURE)
    common.check("F.gumbel_softmax: rows sum to 1", (y.sum(1) - 1).abs().max().item() < 1e-5)
    y.square().sum().backward()
    # For any loss, a softmax's gradient sums to 0 over a row.
    common.check("F.gumbel_softmax: gradients sum to 0", rows.grad.sum(1).abs().max().item() < 1e-4)
    probabilities = torch.softmax(logits, 0).tolist()
    for who, drawn in (("F.gumbel_softmax", y.argmax(1)),
                       ("torch.multinomial", torch.multinomial(torch.softmax(rows, 1), 1).flatten())):
        counts = torch.bincount(drawn, minlength=5).tolist()
        common.check(f"{who}: draws", *common.chi_square_agrees(counts, probabilities))


def check_ours(torch, ours):
    logits = torch.tensor([0., 1., -1., .5, 2.], device="cuda")
    rows = logits.expand(200_000, 5).contiguous()
    index = torch.empty(len(rows), dtype=torch.int64, device="cuda")
    ours.gumbel_max(rows, index)
    common.check("ours, gumbel_max: draws", *common.chi_square_agrees(torch.bincount(index, minlength=5).tolist(),
                                                                      torch.softmax(logits, 0).tolist()))
    y, d_y, d = torch.empty_like(rows), torch.randn_like(rows), torch.empty_like(rows)
    temperature = torch.tensor([TEMPERATURE], device="cuda")
    ours.softmax(rows, temperature, y)
    common.check("ours, gumbel_softmax: rows sum to 1", (y.sum(1) - 1).abs().max().item() < 1e-5)
    ours.softmax_vjp(y, d_y, temperature, d)
    expected = y * (d_y - (y * d_y).sum(1, keepdim=True)) / TEMPERATURE
    common.check("ours, gumbel_softmax_vjp: the formula", (d - expected).abs().max().item() < 1e-5)


def time_all(torch, ours):
    functional = torch.nn.functional
    temperature = torch.tensor([TEMPERATURE], device="cuda")
    compiled = torch.compile(lambda x: functional.gumbel_softmax(x, tau=TEMPERATURE))
    for rows, classes in SHAPES:
        logits = torch.randn(rows, classes, device="cuda", requires_grad=True)
        d_y, y, d_logits = (torch.randn(rows, classes, device="cuda") for _ in range(3))
        index = torch.empty(rows, dtype=torch.int64, device="cuda")

        def forward_and_backward(function):
            torch.autograd.grad(function(logits), logits, d_y)

        def our_forward_and_backward():
            ours.softmax(logits, temperature, y)
            ours.softmax_vjp(y, d_y, temperature, d_logits)

        contenders = [
            ("ours, forward + backward", our_forward_and_backward),
            ("F.gumbel_softmax", lambda: forward_and_backward(lambda x: functional.gumbel_softmax(x, tau=TEMPERATURE))),
            ("ours, gumbel_max", lambda: ours.gumbel_max(logits, index)),
            ("softmax + multinomial", lambda: torch.multinomial(torch.softmax(logits.detach(), 1), 1)),
        ]
        goals = [("torch forward + backward", "F.gumbel_softmax", "ours, forward + backward"),
                 ("torch.multinomial", "softmax + multinomial", "ours, gumbel_max")]
        try:
            forward_and_backward(compiled)
            contenders.append(("compiled F.gumbel_softmax", lambda: forward_and_backward(compiled)))
            goals.append(("torch.compile", "compiled F.gumbel_softmax", "ours, forward + backward"))
        except Exception as error:  # a compiler that fails must not stop the other cases
            common.record("skip", who="compiled F.gumbel_softmax", why=f"{type(error).__name__}: {error}"[:300])
        common.report_race(f"PyTorch float32 {rows}x{classes}", common.race(torch, contenders), goals)


def main():
    arguments = common.arguments(__doc__)
    torch = common.framework("torch")
    if arguments.device == "cuda" and not torch.cuda.is_available():
        common.skip("this PyTorch sees no GPU")
    torch.manual_seed(1)
    check_peer(torch, arguments.device)
    if arguments.device == "cuda":
        if not arguments.shared_object:
            common.skip("without --library there is nothing to compare it with")
        ours = common.OurOperations(torch, arguments.shared_object)
        check_ours(torch, ours)
        time_all(torch, ours)
    return common.exit_code()


if __name__ == "__main__":
    sys.exit(main())
