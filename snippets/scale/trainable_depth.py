"""Which depth trains? tanh networks on the digits, one rate and one budget,
beside six depth scales of the correlation."""

import math

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits

torch.manual_seed(0)
digits = load_digits()
x = torch.tensor(digits.data, dtype=torch.float32)
x = (x - x.mean(0)) / (x.std(0) + 1e-8)
y = torch.tensor(digits.target)
width, steps, bias_variance = 64, 80, 0.05
depths, scales = [4, 8, 16, 32, 64], [0.5, 1.0, 1.76, 2.5, 4.0]
six_scales = [7, 22, math.inf, 71, 42]  # 6 ξ_c, by the recursion


def train(depth):
    """Accuracy on the training set, and relative distance the weights moved, of
    a network for each weight variance, side by side, from the same draws."""
    n, std = len(scales), torch.tensor(scales).div(width).sqrt()
    start = std.view(n, 1, 1, 1) * torch.randn(depth, width, width)
    hidden = start.clone().requires_grad_()
    biases = math.sqrt(bias_variance) * torch.randn(depth, 1, width)
    biases = biases.repeat(n, 1, 1, 1).requires_grad_()
    last = torch.randn(1, width, 10).repeat(n, 1, 1, 1) / math.sqrt(width)
    parameters = [hidden, biases, last.requires_grad_()]
    optimiser = torch.optim.SGD(parameters, 0.02, momentum=0.9, fused=True)

    def network(h):
        h = h.expand(n, -1, -1)
        for W, b in zip(hidden.unbind(1), biases.unbind(1)):
            h = torch.tanh(torch.baddbmm(b, h, W))
        return h @ last[:, 0]

    for _ in range(steps):
        rows = torch.randint(len(x), (32,))
        right = network(x[rows]).log_softmax(2)[:, range(32), y[rows]]
        optimiser.zero_grad()
        (-right.mean(1).sum()).backward()
        with torch.no_grad():  # each network's gradient is clipped to norm 1
            norms = [w.grad.flatten(1).norm(dim=1) for w in parameters]
            norm = torch.stack(norms).norm(dim=0).clamp(min=1)
            for w in parameters:
                w.grad /= norm.view(n, 1, 1, 1)
        optimiser.step()
    with torch.no_grad():
        right = network(x).argmax(2) == y
        moved = (hidden - start).flatten(1).norm(dim=1)
    return right.float().mean(1), moved / start.flatten(1).norm(dim=1)


results = [train(depth) for depth in depths]
table = torch.stack([accuracy for accuracy, _ in results])
moved = torch.stack([distance for _, distance in results])
print("hidden layers, σ_w² (accuracy above ½: trains)")
print("depth  " + "".join(f"{s:<8}" for s in scales))
for depth, row in zip(depths, table):
    words = "".join(f"{'trains' if a > 0.5 else '-':<8s}" for a in row)
    print(f"{depth:5d}  {words}")

# %% Plot
plt.imshow(table.tolist(), aspect="auto", origin="lower", vmin=0, vmax=1)
plt.colorbar(label=f"training accuracy after {steps} steps")
rows = [math.log2(min(s, 90)) - 2 for s in six_scales]
plt.plot(rows, "o--", color="w", mec="k", label=r"6 $\xi_c$")
plt.ylim(-0.5, 4.5)
plt.grid(False)
plt.xticks(range(len(scales)), scales)
plt.yticks(range(len(depths)), depths)
plt.xlabel(r"weight variance $\sigma_w^2$ (critical: 1.76)")
plt.ylabel("hidden layers")
plt.legend(loc="upper left", labelcolor="w")
plt.show()
