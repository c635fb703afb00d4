"""A weight gradient is one outer product per example. How a batch's add up
depends on two cosines: of the inputs and of the errors."""

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
width, batch = 1000, 32


def ratio(c, shared):
    """‖∂L/∂W‖² over the sum of the single examples', and one example's."""
    common, own = torch.randn(1, width), torch.randn(batch, width)
    x = c**0.5 * common + (1 - c) ** 0.5 * own  # pairs with cosine c
    W = (torch.randn(width, width) * (2 / width) ** 0.5).requires_grad_()
    z = x @ W.T
    v = torch.randn(1, width) if shared else torch.randn(batch, width)
    loss = (torch.relu(z) * v).sum()
    gradient, delta = torch.autograd.grad(loss, [W, z], retain_graph=True)
    singles = delta.square().sum(1) * x.square().sum(1)
    one = torch.autograd.grad((torch.relu(z[0]) * v[0]).sum(), W)[0]
    error = float(one.square().sum() / singles[0]) - 1
    return float(gradient.square().sum() / singles.sum()), abs(error)


def ratio_of_classes(c, classes=10):
    """The same for cross-entropy at the loss of guessing, one of each class."""
    common, own = torch.randn(1, width), torch.randn(classes, width)
    x = c**0.5 * common + (1 - c) ** 0.5 * own
    W = (torch.randn(width, width) * (2 / width) ** 0.5).requires_grad_()
    z = x @ W.T
    readout = 1e-3 * torch.randn(width, classes) / width**0.5
    loss = torch.nn.functional.cross_entropy(
        torch.relu(z) @ readout, torch.arange(classes), reduction="sum"
    )
    gradient, delta = torch.autograd.grad(loss, [W, z])
    singles = delta.square().sum(1) * x.square().sum(1)
    return float(gradient.square().sum() / singles.sum())


shared, outer_error = ratio(0.5, True)
unlike, _ = ratio(0.5, False)
classes = ratio_of_classes(0.5)
cosines = [0, 0.25, 0.5, 0.75, 1]
curve = [ratio(c, True)[0] for c in cosines]
print(f"inputs of cosine ½, one readout for all: {shared:.0f} of {batch}")
print(f"inputs of cosine ½, a readout each: {unlike:.1f}")
print(f"ten classes, one example of each: {classes:.1f}")
print("one example: ‖δ‖ ‖x‖ to rounding:", outer_error < 1e-10)

# %% Plot
c = torch.linspace(0, 1, 101)
overlap = 1 - torch.acos(c) / torch.pi
plt.plot(c, 1 + (batch - 1) * c * overlap, label="$1 + (B - 1)$ $c$ $h(c)$")
plt.plot(c, 1 + (batch - 1) * c, "--", label="inputs' cosine alone")
plt.plot(cosines, curve, "o", label="measured, one readout")
plt.xlabel("cosine $c$ of two inputs")
plt.ylabel("squared gradient over the sum\nof the examples'")
plt.legend()
plt.show()
