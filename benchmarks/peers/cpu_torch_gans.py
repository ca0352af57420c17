#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Many GANs with perceptrons 5-16-1 in PyTorch on one thread, as people vectorise them; cpu_sweeps.py drives it.

Standard input has commands, each answered by a line of JSON:

    open FORM TAU GANS            makes the GANs of this τ and trains a few steps; compiles, if the form does
    run TAU STEPS                 trains so many steps: seconds of the processor and of the clock
    learned FORM TAU GANS STEPS   total variation of each GAN to the target after so many steps from the start

All forms draw a step's noise with one call, take their samples of the target from one more, and use torch.optim.Adam
on stacked parameters.
"""
import json
import sys
import time

import turns

torch = turns.framework("torch")
torch.set_num_threads(1)
torch.manual_seed(1)
# Each number of GANs is compiled for itself.
torch._dynamo.config.automatic_dynamic_shapes = False
torch._dynamo.config.recompile_limit = 64
TARGET = (0, 0, .1, .3, .6)
CLASSES, HIDDEN, BATCH, GENERATOR_STEPS, RATE, SLOPE = 5, 16, 10, 10, 7e-4, .2
TINY = torch.finfo(torch.float32).tiny
softplus = torch.nn.functional.softplus


def glorot(*shape, fans):
    limit = (6 / sum(fans)) ** .5
    return torch.empty(shape).uniform_(-limit, limit)


class Gans:
    """The parts that all forms share."""

    def __init__(self, tau, gans):
        self.tau, self.gans = tau, gans
        self.logits = torch.ones(gans, CLASSES, requires_grad=True)
        self.parameters = {"first.weight": glorot(gans, HIDDEN, CLASSES, fans=(CLASSES, HIDDEN)),
                           "first.bias": torch.zeros(gans, HIDDEN),
                           "last.weight": glorot(gans, 1, HIDDEN, fans=(HIDDEN, 1)),
                           "last.bias": torch.zeros(gans, 1)}
        for p in self.parameters.values():
            p.requires_grad_()
        self.generator_adam = torch.optim.Adam([self.logits], lr=RATE, fused=True)
        self.discriminator_adam = torch.optim.Adam(self.parameters.values(), lr=RATE, fused=True)
        self.cumulative = torch.tensor(TARGET).cumsum(0)[:-1]
        self.uniform = torch.empty(1 + GENERATOR_STEPS, gans, BATCH, CLASSES)
        self.one_hot = torch.eye(CLASSES)

    def draw(self):
        """Real samples, and the noise of all updates of a step."""
        real = self.one_hot[torch.bucketize(torch.rand(self.gans, BATCH), self.cumulative, right=True)]
        return real, self.uniform.uniform_(TINY, 1).log().neg_().log_().neg_()

    def take(self, adam, gradients):
        for p, gradient in zip(adam.param_groups[0]["params"], gradients):
            p.grad = gradient.contiguous()  # as backward() leaves it; the fused Adam takes no other order
        adam.step()

    def step(self):
        real, noise = self.draw()
        self.take(self.discriminator_adam, self.of_discriminator(self.logits, self.parameters, real, noise[0]))
        for update in range(GENERATOR_STEPS):
            self.take(self.generator_adam, [self.of_generator(self.logits, self.parameters, noise[1 + update])])

    def total_variation(self):
        return .5 * (torch.softmax(self.logits.detach(), 1) - torch.tensor(TARGET)).abs().sum(1)


class Discriminator(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.last = torch.nn.Linear(CLASSES, HIDDEN), torch.nn.Linear(HIDDEN, 1)

    def forward(self, x):
        return self.last(torch.nn.functional.leaky_relu(self.first(x), SLOPE))


class Func(Gans):
    """A program for one GAN, and torch.func makes that of many."""

    def __init__(self, tau, gans):
        super().__init__(tau, gans)
        module = Discriminator()

        def score(parameters, x):
            return torch.func.functional_call(module, parameters, (x,))

        def fake(logits, noise):
            return torch.softmax((logits + noise) / tau, -1)

        def discriminator_loss(parameters, logits, real, noise):
            return (softplus(-score(parameters, real)) + softplus(score(parameters, fake(logits, noise)))).mean()

        def generator_loss(logits, parameters, noise):
            return softplus(-score(parameters, fake(logits, noise))).mean()

        self.d = torch.func.vmap(torch.func.grad(discriminator_loss))
        self.g = torch.func.vmap(torch.func.grad(generator_loss))

    def of_discriminator(self, logits, parameters, real, noise):
        return self.d(parameters, logits, real, noise).values()

    def of_generator(self, logits, parameters, noise):
        return self.g(logits, parameters, noise)

    def step(self):
        with torch.no_grad():
            super().step()


class Batched(Gans):
    """Batches of matrices, and autograd."""

    def score(self, parameters, x):
        a = torch.baddbmm(parameters["first.bias"].unsqueeze(1), x, parameters["first.weight"].mT)
        h = torch.nn.functional.leaky_relu(a, SLOPE)
        return torch.baddbmm(parameters["last.bias"].unsqueeze(1), h, parameters["last.weight"].mT)

    def fake(self, logits, noise):
        return torch.softmax((logits.unsqueeze(1) + noise) / self.tau, -1)

    def of_discriminator(self, logits, parameters, real, noise):
        with torch.no_grad():
            fake = self.fake(logits, noise)
        s = self.score(parameters, torch.cat([real, fake], 1))  # both at once
        loss = (softplus(-s[:, :BATCH]) + softplus(s[:, BATCH:])).sum() / BATCH
        return torch.autograd.grad(loss, list(parameters.values()))

    def of_generator(self, logits, parameters, noise):
        loss = softplus(-self.score(parameters, self.fake(logits, noise))).sum() / BATCH
        return torch.autograd.grad(loss, logits)[0]


class Einsum(Batched):
    def score(self, parameters, x):
        a = torch.einsum("gbk,ghk->gbh", x, parameters["first.weight"]) + parameters["first.bias"].unsqueeze(1)
        h = torch.nn.functional.leaky_relu(a, SLOPE)
        return torch.einsum("gbh,gh->gb", h, parameters["last.weight"][:, 0]) + parameters["last.bias"]


class Formulas(Batched):
    """Batches of matrices, and gradients by their formulas."""

    def hidden(self, parameters, x):
        a = torch.baddbmm(parameters["first.bias"].unsqueeze(1), x, parameters["first.weight"].mT)
        slope = torch.where(a > 0, 1., SLOPE)
        h = a * slope
        return h, slope, torch.baddbmm(parameters["last.bias"].unsqueeze(1), h, parameters["last.weight"].mT)

    def of_discriminator(self, logits, parameters, real, noise):
        x = torch.cat([real, self.fake(logits, noise)], 1)
        h, slope, s = self.hidden(parameters, x)
        d_s = torch.sigmoid(s)
        d_s[:, :BATCH] -= 1
        d_s /= BATCH
        d_a = d_s * parameters["last.weight"] * slope
        return torch.bmm(d_a.mT, x), d_a.sum(1), torch.bmm(d_s.mT, h), d_s.sum(1)

    def of_generator(self, logits, parameters, noise):
        y = self.fake(logits, noise)
        _, slope, s = self.hidden(parameters, y)
        d_s = (torch.sigmoid(s) - 1) / (BATCH * self.tau)
        upstream = torch.bmm(slope, parameters["last.weight"].mT * parameters["first.weight"]) * d_s
        return (y * (upstream - (y * upstream).sum(2, keepdim=True))).sum(1)

    def step(self):
        with torch.no_grad():
            super().step()


class Innermost(Formulas):
    """Sums of products with the GANs along the innermost axis, which a compiler can turn into loops over vectors:
    [class or unit][sample][GAN]."""

    def __init__(self, tau, gans):
        super().__init__(tau, gans)
        first = glorot(CLASSES, HIDDEN, 1, gans, fans=(CLASSES, HIDDEN))
        self.logits = torch.ones(CLASSES, 1, gans)
        self.parameters = {"first.weight": first, "first.bias": torch.zeros(HIDDEN, 1, gans),
                           "last.weight": glorot(HIDDEN, 1, gans, fans=(HIDDEN, 1)),
                           "last.bias": torch.zeros(1, gans)}
        self.generator_adam = torch.optim.Adam([self.logits], lr=RATE, fused=True)
        self.discriminator_adam = torch.optim.Adam(self.parameters.values(), lr=RATE, fused=True)
        self.uniform = torch.empty(1 + GENERATOR_STEPS, CLASSES, BATCH, gans)

    def draw(self):
        drawn = torch.rand(BATCH, self.gans)
        real = torch.bucketize(drawn, self.cumulative, right=True) == torch.arange(CLASSES)[:, None, None]
        return real.to(torch.float32), self.uniform.uniform_(TINY, 1)

    def fake(self, logits, uniform):
        return torch.softmax((logits - (-uniform.log()).log()) / self.tau, 0)

    def hidden(self, parameters, x):
        w = parameters["first.weight"]
        a = parameters["first.bias"]
        for k in range(CLASSES):
            a = a + w[k] * x[k]
        slope = torch.where(a > 0, 1., SLOPE)
        h = a * slope
        return h, slope, parameters["last.bias"] + (h * parameters["last.weight"]).sum(0)

    def of_discriminator(self, logits, parameters, real, uniform):
        gradients = None
        for x, offset in ((real, 1), (self.fake(logits, uniform), 0)):
            h, slope, s = self.hidden(parameters, x)
            d_s = (torch.sigmoid(s) - offset) / BATCH
            d_a = d_s * parameters["last.weight"] * slope
            these = (torch.stack([(d_a * x[k]).sum(1, keepdim=True) for k in range(CLASSES)]),
                     d_a.sum(1, keepdim=True), (d_s * h).sum(1, keepdim=True), d_s.sum(0, keepdim=True))
            gradients = these if gradients is None else tuple(a + b for a, b in zip(gradients, these))
        return gradients

    def of_generator(self, logits, parameters, uniform):
        y = self.fake(logits, uniform)
        _, slope, s = self.hidden(parameters, y)
        d_s = (torch.sigmoid(s) - 1) / (BATCH * self.tau)
        d_a = slope * parameters["last.weight"]
        upstream = torch.stack([(d_a * parameters["first.weight"][k]).sum(0) for k in range(CLASSES)]) * d_s
        return (y * (upstream - (y * upstream).sum(0))).sum(1, keepdim=True)

    def total_variation(self):
        return .5 * (torch.softmax(self.logits[:, 0], 0) - torch.tensor(TARGET)[:, None]).abs().sum(0)


def compiled(form):
    class Compiled(form):
        def __init__(self, tau, gans):
            super().__init__(tau, gans)
            self.of_discriminator = torch.compile(super().of_discriminator)
            self.of_generator = torch.compile(super().of_generator)
    return Compiled


FORMS = {"torch.func: vmap(grad(functional_call))": Func, "baddbmm, autograd": Batched, "einsum, autograd": Einsum,
         "baddbmm, formulas": Formulas, "sums of products, formulas": Innermost,
         "torch.func, torch.compile": compiled(Func), "baddbmm, formulas, torch.compile": compiled(Formulas),
         "sums of products, formulas, torch.compile": compiled(Innermost)}


def main():
    def answer(**values):
        print(json.dumps(values), flush=True)

    answer(who="PyTorch", version=torch.__version__, cases=list(FORMS))
    opened = {}
    for line in sys.stdin:
        command, *fields = line.rstrip("\n").split("\t")
        try:
            if command == "open":
                form, tau, count = fields
                opened.pop(tau, None)
                opened[tau] = FORMS[form](float(tau), int(count))
                for _ in range(3):
                    opened[tau].step()
                answer()
            elif command == "run":
                tau, steps = fields
                cpu, clock = time.process_time(), time.perf_counter()
                for _ in range(int(steps)):
                    opened[tau].step()
                answer(cpu=time.process_time() - cpu, clock=time.perf_counter() - clock)
            elif command == "learned":
                form, tau, count, steps = fields
                gans = FORMS[form](float(tau), int(count))
                for _ in range(int(steps)):
                    gans.step()
                answer(total_variation=gans.total_variation().tolist())
        except Exception as error:  # a compiler that fails must not stop the other forms
            answer(error=f"{type(error).__name__}: {error}"[:300])


if __name__ == "__main__":
    main()
