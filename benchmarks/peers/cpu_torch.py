#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The cases of cpu_rows.py in PyTorch, as people write them."""
import turns

torch = turns.framework("torch")
torch.set_num_threads(1)
torch.manual_seed(1)
TINY = torch.finfo(torch.float32).tiny


def from_exponential(batch):
    out = torch.empty(batch.shape)
    return lambda: out.exponential_().log_().neg_()


def from_uniform(batch):
    out = torch.empty(batch.shape)
    return lambda: out.uniform_(TINY, 1).log_().neg_().log_().neg_()  # a range from 0 on would sometimes give −inf


def from_distribution(batch):
    gumbel = torch.distributions.Gumbel(torch.tensor(0.), torch.tensor(1.))
    return lambda: gumbel.sample(batch.shape)


def scores(logits):
    return logits - torch.empty_like(logits).exponential_().log()


def gumbel_max(batch):
    logits = torch.from_numpy(batch.logits())
    return lambda: scores(logits).argmax(-1)


def multinomial(batch):
    logits = torch.from_numpy(batch.logits())
    return lambda: torch.multinomial(torch.softmax(logits, -1), 1).flatten()


def gumbel_softmax(batch):
    logits, d_y = torch.from_numpy(batch.logits()).requires_grad_(), torch.from_numpy(batch.d_y())

    def run():
        y = torch.nn.functional.gumbel_softmax(logits, tau=turns.TEMPERATURE)
        return y, torch.autograd.grad(y, logits, d_y)[0]
    return run


def top_k(batch):
    logits = torch.from_numpy(batch.logits())
    return lambda: scores(logits).topk(batch.k).indices


def as_numpy(result):
    if isinstance(result, tuple):
        return tuple(x.detach().numpy() for x in result)
    return result.numpy()


turns.serve("PyTorch", torch.__version__, {
    "noise": {"exponential_().log_().neg_()": from_exponential,
              "uniform_(tiny, 1) and two logarithms": from_uniform,
              "distributions.Gumbel.sample": from_distribution},
    "gumbel-max": {"(logits - exponential_().log()).argmax": gumbel_max,
                   "softmax, multinomial": multinomial},
    "gumbel-softmax": {"F.gumbel_softmax, autograd.grad": gumbel_softmax},
    "top-k": {"(logits - exponential_().log()).topk": top_k}}, as_numpy)
