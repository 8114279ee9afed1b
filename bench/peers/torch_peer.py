"""The rows of the bench in PyTorch, eager or through torch.compile."""

import torch
from torch.nn import functional

import common


def make_mlp(inputs, widths, outputs):
    layers = []
    for width in widths:
        layers += [torch.nn.Linear(inputs, width), torch.nn.ReLU()]
        inputs = width
    model = torch.nn.Sequential(*layers, torch.nn.Linear(inputs, outputs))
    for p in model.parameters():
        torch.nn.init.xavier_uniform_(p) if p.dim() == 2 else torch.nn.init.zeros_(p)
    return model


def tensors(pair):
    return tuple(torch.from_numpy(a) for a in pair)


def sgd(model):
    return torch.optim.SGD(model.parameters(), lr=0.01)


def adam(model):
    return torch.optim.Adam(model.parameters(), lr=1e-3)


def train_step(model, optimizer, forward, x, y, loss=functional.mse_loss):
    optimizer.zero_grad()
    loss(forward(x), y).backward()
    optimizer.step()


def chain(args, compiled):
    """A chain of 50 times (multiply, tanh) and the sum: 101 operations."""
    a = torch.linspace(0.5, 1.5, 8).requires_grad_()

    def forward(a):
        t = a
        for _ in range(50):
            t = torch.tanh(t * a)
        return t.sum()

    run = compiled(forward)

    def step():
        run(a).backward()
        a.grad = None

    return common.measure_steps(step, args)


def norm_steps(args, compiled):
    """Steps of the deep stack that also take the norms of all gradients: of each layer's output, weight and bias."""
    model = make_mlp(2, common.DEEP_WIDTHS, 1)
    optimizer = sgd(model)
    x, y = tensors(common.regression_data(32))
    # Zeros added to each layer's output, behind its activation: their gradients are those of the outputs, in a compiled graph as well.
    probes = [torch.zeros(32, m.out_features, requires_grad=True) for m in model if isinstance(m, torch.nn.Linear)]

    def forward(x):
        h, outputs = x, iter(probes)
        for module in model:
            h = module(h)
            if isinstance(module, torch.nn.ReLU):
                h = h + next(outputs)
        return h + next(outputs)

    run = compiled(forward)

    def step():
        optimizer.zero_grad()
        for probe in probes:
            probe.grad = None
        functional.mse_loss(run(x), y).backward()
        seen = torch.stack(torch._foreach_norm([p.grad for p in probes] + [p.grad for p in model.parameters()]))
        optimizer.step()
        assert seen.numel() == 303

    return common.measure_steps(step, args)


def deep_epochs(args, compiled):
    model = make_mlp(2, common.DEEP_WIDTHS, 1)
    optimizer, run = sgd(model), compiled(model)
    x, y = tensors(common.regression_data(common.DEEP_ROWS))

    def batch(i):
        rows = common.batch_slice(i)
        train_step(model, optimizer, run, x[rows], y[rows])

    if args.mode == "compiled":
        # Another offset into the data may be compiled once more.
        for i in range(common.DEEP_ROWS // common.DEEP_BATCH):
            batch(i)
    return common.measure_epochs(batch, args)


class LeNet(torch.nn.Sequential):
    def __init__(self):
        nn = torch.nn
        super().__init__(nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
                         nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10))


class Sequence(torch.nn.Module):
    """An LSTM and a linear function of its last state."""

    def __init__(self):
        super().__init__()
        self.lstm, self.last = torch.nn.LSTM(128, 128), torch.nn.Linear(128, 1)

    def forward(self, x):
        return self.last(self.lstm(x)[0][-1])


def steps(args, compiled, model, make_optimizer, pair, loss=functional.mse_loss):
    optimizer, run = make_optimizer(model), compiled(model)
    x, y = tensors(pair)
    return common.measure_steps(lambda: train_step(model, optimizer, run, x, y, loss), args)


def adam_alone(args, compiled):
    """Adam over many parameters with gradients that stay: the fastest of its implementations."""

    def samples(**implementation):
        parameters = [torch.from_numpy(a).requires_grad_() for a in common.many_arrays()]
        for p, g in zip(parameters, common.many_arrays()):
            p.grad = torch.from_numpy(g)
        optimizer = torch.optim.Adam(parameters, lr=1e-3, **implementation)
        if args.mode == "compiled":
            run = compiled(lambda: optimizer.step())
        else:
            run = optimizer.step
        return common.measure_steps(run, args)

    if args.mode == "compiled":
        return samples()
    return min((samples(), samples(foreach=True), samples(fused=True)), key=lambda s: sorted(s)[len(s) // 2])


def main():
    args = common.arguments(["eager", "compiled"])
    if args.threads > 0:
        torch.set_num_threads(args.threads)
    torch.manual_seed(0)
    compiled = torch.compile if args.mode == "compiled" else lambda f: f
    small = common.regression_data(32)
    run = {
        "A": lambda: chain(args, compiled),
        "B": lambda: steps(args, compiled, make_mlp(2, [], 1), sgd, small),
        "C": lambda: steps(args, compiled, make_mlp(2, [64], 1), adam, small),
        "D": lambda: steps(args, compiled, make_mlp(2, common.DEEP_WIDTHS, 1), sgd, small),
        "E": lambda: norm_steps(args, compiled),
        "F": lambda: steps(args, compiled, make_mlp(784, [512, 512], 10), adam, common.class_data(), functional.cross_entropy),
        "G": lambda: deep_epochs(args, compiled),
        "H": lambda: steps(args, compiled, make_mlp(2, [256], 1), sgd, common.regression_data(common.DEEP_ROWS)),
        "I": lambda: steps(args, compiled, make_mlp(1, [256], 1), adam, common.log_data()),
        "R": lambda: adam_alone(args, compiled),
        "LeNet": lambda: steps(args, compiled, LeNet(), sgd, common.image_data(), functional.cross_entropy),
        "LSTM": lambda: steps(args, compiled, Sequence(), sgd, common.sequence_data()),
    }
    common.report(args.row, run[args.row]())


main()
