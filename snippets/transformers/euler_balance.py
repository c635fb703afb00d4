"""The sum of weight × gradient is the same in every layer of a bias-free ReLU
network; with biases, a square or a skip it is not."""

import matplotlib.pyplot as plt
import torch
from torch.nn import functional as F

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
width, depth, batch = 64, 12, 32
x, y = torch.randn(batch, width), torch.randint(width, (batch,))


def sums(phi, weights, biases=None, skip=0):
    """⟨W_l, ∂L/∂W_l⟩ and ⟨b_l, ∂L/∂b_l⟩ by layer, cross-entropy loss."""
    h, zero = x[:, : weights[0].shape[1]], torch.zeros(len(weights[0]))
    weights = [W.clone().requires_grad_() for W in weights]
    biases = [b.clone().requires_grad_() for b in biases or [zero] * depth]
    for W, b in zip(weights, biases):
        h = skip * h + phi(h @ W.T + b)
    loss = F.cross_entropy(h, y) if len(zero) > 1 else h.sum()
    loss.backward()
    pairs = [[float((p * p.grad).sum().detach()) for p in parameters]
             for parameters in (weights, biases[: len(weights)])]  # fmt: skip
    return pairs


def relu_squared(z):
    return torch.relu(z).square()


kaiming = [torch.randn(width, width) * (2 / width) ** 0.5 for _ in range(depth)]
biases = [0.3 * torch.randn(width) for _ in range(depth)]
runs = {"ReLU, no biases": sums(torch.relu, kaiming)[0]}
runs["with biases"], from_biases = sums(torch.relu, kaiming, biases)
runs["tanh"] = sums(torch.tanh, kaiming)[0]
runs["with skips"] = sums(torch.relu, [W / 4 for W in kaiming], skip=1)[0]
level = torch.tensor(runs["ReLU, no biases"])
spread = float((level.max() - level.min()) / level.abs().mean())
biased = runs["with biases"]
explained = (biased[-1] - biased[0]) / sum(from_biases[:-1])
squares = sums(relu_squared, [W / 4 for W in kaiming[:4]])[0]
doubling = squares[0] / squares[-1]
x = x.abs()  # width 1: two blocks x + relu(w x), w = 1 and ¼
blocks = sums(torch.relu, [torch.tensor([[1.0]]), torch.tensor([[0.25]])],
              skip=1)[0]  # fmt: skip
ratio = blocks[0] / blocks[1]
print(f"spread over {depth} layers, over the mean: below 1e-9: {spread < 1e-9}")
print(f"difference last − first over the biases' sums: {explained:.3f}")
print(f"four layers of relu²: first over last {doubling:.3f}")
print(f"two blocks with a skip, w = 1 and ¼: first over last {ratio:.3f}")

# %% Plot
for i, (name, values) in enumerate(runs.items()):
    values = [value / abs(values[-1]) for value in values]
    plt.plot(range(1, depth + 1), values, "os^D"[i] + "-", label=name)
plt.xlabel("layer")
plt.ylabel("⟨W, ∂L/∂W⟩ / |last layer's|")
plt.legend(ncols=2, loc="lower right", bbox_to_anchor=(1, 1))
plt.show()
