"""The rows of the bench in JAX: each step is one jitted function."""

import jax
import jax.numpy as jnp

import common


def make_mlp(inputs, widths, outputs):
    rng, layers = common.generator(), []
    for width in [*widths, outputs]:
        limit = common.glorot(inputs, width)
        layers.append((jnp.asarray(rng.uniform(-limit, limit, (inputs, width)).astype("float32")), jnp.zeros(width)))
        inputs = width
    return layers


def forward(layers, x):
    for weight, bias in layers[:-1]:
        x = jax.nn.relu(x @ weight + bias)
    weight, bias = layers[-1]
    return x @ weight + bias


def mse(layers, x, y):
    return jnp.mean((forward(layers, x) - y) ** 2)


def cross_entropy(layers, x, labels):
    logits = jax.nn.log_softmax(forward(layers, x))
    return -jnp.mean(jnp.take_along_axis(logits, labels[:, None], axis=1))


def descend(layers, gradients):
    return jax.tree.map(lambda p, g: p - 0.01 * g, layers, gradients)


def sgd_step(layers, x, y):
    loss, gradients = jax.value_and_grad(mse)(layers, x, y)
    return descend(layers, gradients), loss


def adam(state, gradients):
    layers, first, second, t = state
    t = t + 1
    first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, first, gradients)
    second = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, second, gradients)
    rate, correction = 1e-3 / (1 - 0.9**t), 1 - 0.999**t
    layers = jax.tree.map(lambda p, m, v: p - rate * m / (jnp.sqrt(v / correction) + 1e-8), layers, first, second)
    return layers, first, second, t


def adam_step(loss_function):
    def step(state, x, y):
        loss, gradients = jax.value_and_grad(loss_function)(state[0], x, y)
        return adam(state, gradients), loss

    return step


def adam_state(layers):
    # Two sets of zeros: the step is given its arrays to overwrite, and can't be given one twice.
    first, second = (jax.tree.map(jnp.zeros_like, layers) for _ in range(2))
    return layers, first, second, jnp.zeros(())


def norm_step(layers, x, y):
    """A step that also takes the norms of all gradients: of each layer's output, weight and bias."""

    def loss_function(layers, probes):
        # Zeros added to each layer's output, behind its activation: their gradients are those of the outputs.
        h = x
        for i, ((weight, bias), probe) in enumerate(zip(layers, probes)):
            h = h @ weight + bias
            if i + 1 < len(layers):
                h = jax.nn.relu(h)
            h = h + probe
        return jnp.mean((h - y) ** 2)

    probes = [jnp.zeros((x.shape[0], bias.shape[0])) for _, bias in layers]
    gradients = jax.grad(loss_function, argnums=(0, 1))(layers, probes)
    return descend(layers, gradients[0]), jax.tree.map(jnp.linalg.norm, gradients)


class Trained:
    """A state that a jitted step replaces, as a training loop does."""

    def __init__(self, step, state):
        self.step, self.state, self.seen = jax.jit(step, donate_argnums=0), state, None

    def __call__(self, x, y):
        self.state, self.seen = self.step(self.state, x, y)

    def finish(self):
        jax.block_until_ready((self.state, self.seen))


def steps(args, step, state, pair):
    trained, (x, y) = Trained(step, state), (jnp.asarray(a) for a in pair)
    return common.measure_steps(lambda: trained(x, y), args, trained.finish)


def adam_alone(args):
    """Adam over many parameters with gradients that stay."""
    gradients = [jnp.asarray(a) for a in common.many_arrays()]
    trained = Trained(lambda state, g, _: (adam(state, g), ()), adam_state([jnp.asarray(a) for a in common.many_arrays()]))
    return common.measure_steps(lambda: trained(gradients, ()), args, trained.finish)


def chain(args):
    """A chain of 50 times (multiply, tanh) and the sum, which XLA fuses."""
    a = jnp.linspace(0.5, 1.5, 8)

    def forward(a):
        t = a
        for _ in range(50):
            t = jnp.tanh(t * a)
        return t.sum()

    run = jax.jit(jax.value_and_grad(forward))
    return common.measure_steps(lambda: jax.block_until_ready(run(a)), args)


def hessian_vector(args):
    """Hv of the classifier's loss: the derivative of the gradient along v."""
    layers, (x, labels) = make_mlp(784, [512, 512], 10), (jnp.asarray(a) for a in common.class_data())
    v = jax.tree.map(jnp.ones_like, layers)
    run = jax.jit(lambda layers, v: jax.jvp(lambda p: jax.grad(cross_entropy)(p, x, labels), (layers,), (v,)))
    return common.measure_steps(lambda: jax.block_until_ready(run(layers, v)), args)


def whole_hessian(args):
    """All second derivatives of a small network's loss."""
    layers, (x, y) = make_mlp(2, [64], 1), (jnp.asarray(a) for a in common.regression_data(32))
    run = jax.jit(jax.hessian(lambda p: mse(p, x, y)))
    return common.measure_steps(lambda: jax.block_until_ready(run(layers)), args)


def deep_epochs(args):
    trained = Trained(sgd_step, make_mlp(2, common.DEEP_WIDTHS, 1))
    x, y = common.regression_data(common.DEEP_ROWS)
    batches = [(jnp.asarray(x[rows]), jnp.asarray(y[rows])) for rows in map(common.batch_slice, range(4))]
    return common.measure_epochs(lambda i: trained(*batches[i]), args, trained.finish)


def main():
    args = common.arguments(["jit"])
    small = common.regression_data(32)
    run = {
        "A": lambda: chain(args),
        "B": lambda: steps(args, sgd_step, make_mlp(2, [], 1), small),
        "C": lambda: steps(args, adam_step(mse), adam_state(make_mlp(2, [64], 1)), small),
        "D": lambda: steps(args, sgd_step, make_mlp(2, common.DEEP_WIDTHS, 1), small),
        "E": lambda: steps(args, norm_step, make_mlp(2, common.DEEP_WIDTHS, 1), small),
        "F": lambda: steps(args, adam_step(cross_entropy), adam_state(make_mlp(784, [512, 512], 10)), common.class_data()),
        "G": lambda: deep_epochs(args),
        "H": lambda: steps(args, sgd_step, make_mlp(2, [256], 1), common.regression_data(common.DEEP_ROWS)),
        "I": lambda: steps(args, adam_step(mse), adam_state(make_mlp(1, [256], 1)), common.log_data()),
        "M": lambda: hessian_vector(args),
        "N": lambda: whole_hessian(args),
        "R": lambda: adam_alone(args),
    }
    common.report(args.row, run[args.row]())


main()
