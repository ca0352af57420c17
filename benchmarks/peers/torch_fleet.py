#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The article's fleet in PyTorch, vectorised over GANs: a step is tensor operations on [GAN, sample, class], gradients
come from their formulas (cheaper than autograd), state is updated in place; float32. Measured eager and compiled,
each also as a CUDA graph that is replayed step by step."""
import sys
import time

import common


class Fleet:
    def __init__(self, torch, gans, rate, device):
        self.torch, self.gans, self.rate, self.device = torch, gans, rate, device
        limit = (6 / (common.CLASSES + 1)) ** .5
        weights = torch.empty(gans, common.CLASSES + 1, device=device).uniform_(-limit, limit)
        weights[:, -1] = 0
        self.logits = self.with_moments(torch.ones(gans, common.CLASSES, device=device))
        self.weights = self.with_moments(weights)
        # The number of updates of each network, in memory that a CUDA graph can read.
        self.generator_time, self.discriminator_time = (torch.zeros((), device=device) for _ in range(2))
        self.cumulative = torch.tensor(common.TARGET, device=device).cumsum(0)

    def with_moments(self, x):
        return [x, self.torch.zeros_like(x), self.torch.zeros_like(x)]

    def distribution(self):
        return self.torch.softmax(self.logits[0], dim=1)

    def fake_samples(self):
        shape = (self.gans, common.BATCH, common.CLASSES)
        noise = -self.torch.empty(shape, device=self.device).exponential_().log()
        return self.torch.softmax((self.logits[0].unsqueeze(1) + noise) / common.TEMPERATURE, dim=2)

    def score(self, x):
        weights = self.weights[0]
        return (x * weights[:, None, :-1]).sum(2) + weights[:, -1:]

    def adam(self, state, gradient, updates):
        x, m, v = state
        updates += 1
        m.mul_(common.BETA_1).add_(gradient, alpha=1 - common.BETA_1)
        v.mul_(common.BETA_2).addcmul_(gradient, gradient, value=1 - common.BETA_2)
        rate = self.rate * (1 - common.BETA_2 ** updates).sqrt() / (1 - common.BETA_1 ** updates)
        x.sub_(rate * m / (v.sqrt() + common.EPSILON))

    def step(self):
        torch = self.torch
        real = torch.rand(self.gans, common.BATCH, device=self.device)
        real = (real.unsqueeze(2) >= self.cumulative).sum(2).clamp(max=common.CLASSES - 1)
        real = torch.nn.functional.one_hot(real, common.CLASSES).to(torch.float32)
        fake = self.fake_samples()
        on_real, on_fake = torch.sigmoid(self.score(real)) - 1, torch.sigmoid(self.score(fake))
        gradient = (on_real.unsqueeze(2) * real + on_fake.unsqueeze(2) * fake).mean(1)
        self.adam(self.weights, torch.cat([gradient, (on_real + on_fake).mean(1, keepdim=True)], 1),
                  self.discriminator_time)
        for _ in range(common.GENERATOR_STEPS):
            fake = self.fake_samples()
            upstream = (torch.sigmoid(self.score(fake)) - 1).unsqueeze(2) * self.weights[0][:, None, :-1]
            centred = upstream - (fake * upstream).sum(2, keepdim=True)
            self.adam(self.logits, (fake * centred).mean(1) / common.TEMPERATURE, self.generator_time)


def in_cuda_graph(torch, step):
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(3):
            step()
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        step()
    return graph.replay


# Compiled variants come last, because a compiler may take longer than the time limit.
VARIANTS = (("PyTorch", False, False), ("PyTorch, CUDA graph", False, True),
            ("PyTorch, compiled, CUDA graph", True, True), ("PyTorch, compiled", True, False))


def time_variant(torch, who, compiled, graphed, gans, steps):
    fleet = Fleet(torch, gans, common.LEARNING_RATE, "cuda")
    try:
        step = torch.compile(fleet.step) if compiled else fleet.step
        step = in_cuda_graph(torch, step) if graphed else step
        for _ in range(3):
            step()
    except Exception as error:  # a compiler that fails must not stop the other variants
        common.record("skip", who=f"{who}, {gans} GANs", why=f"{type(error).__name__}: {error}"[:300])
        return
    seconds = []
    for _ in range(3):
        torch.cuda.synchronize()
        begin = time.perf_counter()
        for _ in range(steps):
            step()
        torch.cuda.synchronize()
        seconds.append(time.perf_counter() - begin)
    common.rate(who, gans, steps, seconds)


def main():
    arguments = common.arguments(__doc__)
    torch = common.framework("torch")
    if arguments.device == "cuda" and not torch.cuda.is_available():
        common.skip("this PyTorch sees no GPU")
    torch.manual_seed(1)
    gans = 128
    fleet = Fleet(torch, gans, common.CHECK_RATE, arguments.device)
    step = in_cuda_graph(torch, fleet.step) if arguments.device == "cuda" else fleet.step
    for _ in range(common.CHECK_STEPS):
        step()
    common.check_fleet("PyTorch, vectorised", fleet.distribution().mean(0).tolist(), gans)
    if arguments.device == "cuda":
        for who, compiled, graphed in VARIANTS:
            for gans, steps in common.TIMED:
                time_variant(torch, who, compiled, graphed, gans, steps)
    return common.exit_code()


if __name__ == "__main__":
    sys.exit(main())
