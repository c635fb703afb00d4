"""Fifty layers of BatchNorm and ReLU: deep down the samples of a batch lie at
unequal distances from their mean. What that does to the gain, and what the
gain is if each layer is given them at equal distances."""

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
width, depth, batch = 256, 50, 512


def network(equal):
    """Activations of all layers; excess kurtosis of the pre-activations."""
    states, kurtosis = [torch.randn(batch, width, requires_grad=True)], []
    for _ in range(depth):
        x = states[-1] - states[-1].mean(0)
        if equal:  # a factor per sample, held constant backward
            distance = x.detach().norm(dim=1, keepdim=True)
            x = x * distance.square().mean().sqrt() / distance
        z = x @ torch.randn(width, width).T * (2 / width) ** 0.5
        z_hat = (z - z.mean(0)) / z.std(0, correction=0)
        states.append(torch.relu(z_hat))
        kurtosis.append((z_hat.detach() ** 4).mean() - 3)
    return states, torch.stack(kurtosis)


def gains(states):
    """Of the squared gradient norm, layer by layer, for one random readout."""
    error = torch.randn(batch, width)
    gradients = torch.autograd.grad(
        states[-1], states, error, retain_graph=True
    )
    square = torch.stack([g.square().sum() for g in gradients])
    return square[:-1] / square[1:]


def gains_anew(states):
    """The same with an error that is drawn anew at each layer."""
    values = []
    for x, y in zip(states, states[1:]):
        error = torch.randn(batch, width)
        (g,) = torch.autograd.grad(y, x, error, retain_graph=True)
        values.append(g.square().sum() / error.square().sum())
    return torch.stack(values)


def bands(values):
    """Means over layers 2 to 9, and 26 to 49."""
    return float(values[1:9].mean()), float(values[25:49].mean())


gain, tails, spread, runs = {}, {}, {}, {}
print("means over layers 2 to 9 and 26 to 49")
for name in ("as it is", "equal distances"):
    states, kurtosis = network(equal=name != "as it is")
    runs[name] = gains(states), kurtosis
    gain[name], tails[name] = bands(runs[name][0]), bands(kurtosis)
    variance = [x.detach().var(0, correction=0).mean() for x in states[1:]]
    spread[name] = bands(torch.stack(variance))
    if name == "as it is":
        anew = bands(gains_anew(states))
    numbers = *gain[name], *tails[name]
    print(f"{name:16s} gain %.2f, %.2f; excess kurtosis %.1f, %.1f" % numbers)

# %% Plot
figure, axes = plt.subplots(2, sharex=True, figsize=(5.8, 4.8))
for i, (name, (values, kurtosis)) in enumerate(runs.items()):
    smooth = values[1:].unfold(0, 6, 1).mean(-1)
    axes[0].plot(range(4, 4 + len(smooth)), smooth, "os"[i] + "-", ms=3)
    axes[1].plot(range(1, depth + 1), kurtosis, "os"[i] + "-", ms=3)
    axes[1].annotate(name, (depth, kurtosis[-1]), (0, 8), color=f"C{i}",
                     textcoords="offset points", ha="right")  # fmt: skip
axes[0].axhline(torch.pi / (torch.pi - 1), color="k", ls="--", lw=0.8)
axes[0].set_ylabel("gain, mean of six")
axes[1].set_ylabel("excess kurtosis")
axes[1].set_xlabel("layer")
plt.show()
