"""DenseNet: concatenate instead of add, and the input keeps its gradient."""

import math

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
growth, depth, batch, blocks = 48, 20, 16, 40

total = torch.zeros(depth)
for _ in range(blocks):
    features = [torch.randn(batch, growth, requires_grad=True)]
    for _ in range(depth):
        x = torch.cat(features, 1)
        W = torch.randn(growth, x.shape[1]) * math.sqrt(2 / x.shape[1])
        features.append(torch.relu(x @ W.T))
    v = torch.randn(batch, growth)
    gradients = torch.autograd.grad(features[-1], features[:-1], v)
    squares = torch.stack([g.square().sum() for g in gradients])
    total += squares / v.square().sum() / blocks

at_input, at_middle = float(total[0]), float(total[4])
print(f"squared gradient, mean of {blocks} random dense blocks")
print(f"at the input {at_input:.1f} (theory 1)")
print(f"at layer 4   {at_middle:.2f} (theory 1/5)")

# %% Plot
layers = torch.arange(depth)
plt.semilogy(layers, 1 / (layers + 1), color="C0", label="$1/(l + 1)$")
plt.semilogy(layers, total, "o", color="C0", label="measured")
plt.xticks(range(0, 21, 5))
plt.xlabel("layer $l$ (0 is the input)")
plt.ylabel("squared gradient norm")
plt.legend()
plt.show()
