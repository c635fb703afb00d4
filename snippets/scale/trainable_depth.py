"""Which depth trains? tanh networks on the digits, one rate and one budget,
beside six depth scales of the correlation."""

import math

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed(0)
digits = load_digits()
x = torch.tensor(digits.data, dtype=torch.float32)
x = (x - x.mean(0)) / (x.std(0) + 1e-8)
y = torch.tensor(digits.target)
width, steps, bias_variance = 64, 80, 0.05
depths, scales = [4, 8, 16, 32, 64], [0.5, 1.0, 1.76, 2.5, 4.0]
six_scales = [7, 22, math.inf, 71, 42]  # 6 ξ_c, by the recursion


def train(depth, weight_variance):
    """Accuracy on the training set; relative distance the weights moved."""
    std = math.sqrt(weight_variance / width)
    start = std * torch.randn(depth, width, width)
    hidden = start.clone().requires_grad_()
    biases = math.sqrt(bias_variance) * torch.randn(depth, width)
    last = (torch.randn(width, 10) / math.sqrt(width)).requires_grad_()
    parameters = [hidden, biases.requires_grad_(), last]
    optimiser = torch.optim.SGD(parameters, lr=0.02, momentum=0.9)

    def network(h):
        for W, b in zip(hidden, biases):
            h = torch.tanh(torch.addmm(b, h, W))
        return h @ last

    for _ in range(steps):
        rows = torch.randint(len(x), (32,))
        loss = nn.functional.cross_entropy(network(x[rows]), y[rows])
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
    with torch.no_grad():
        right = network(x).argmax(1) == y
        moved = (hidden - start).norm() / start.norm()
    return float(right.float().mean()), float(moved)


results = [[train(depth, scale) for scale in scales] for depth in depths]
table = torch.tensor([[accuracy for accuracy, _ in row] for row in results])
moved = torch.tensor([[distance for _, distance in row] for row in results])
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
