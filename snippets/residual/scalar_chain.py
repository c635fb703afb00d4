"""A skip connection turns a chain's decay into growth."""

import matplotlib.pyplot as plt
import torch

depth, weight = 50, 0.1
x = torch.ones((), dtype=torch.float64, requires_grad=True)

plain, residual = [x], [x]
for _ in range(depth):
    plain.append(weight * plain[-1])
    residual.append(residual[-1] + weight * residual[-1])

grad_plain = [float(g) for g in torch.autograd.grad(plain[-1], plain)]
grad_residual = [float(g) for g in torch.autograd.grad(residual[-1], residual)]
print(f"plain    {grad_plain[0]:.3e}   theory {weight**depth:.3e}")
print(f"residual {grad_residual[0]:.3e}   theory {(1 + weight) ** depth:.3e}")

# %% Plot
layers = range(depth + 1)
theory = {
    "plain": [weight ** (depth - l) for l in layers],
    "residual": [(1 + weight) ** (depth - l) for l in layers],
}
plt.semilogy(theory["plain"], color="C0", label="$0.1^{L-l}$")
plt.semilogy(layers[::5], grad_plain[::5], "o", color="C0", label="plain")
plt.semilogy(theory["residual"], "--", color="C1", label="$1.1^{L-l}$")
plt.semilogy(layers[::5], grad_residual[::5], "s", color="C1", label="residual")
plt.xlabel("layer $l$ (0 is the input)")
plt.ylabel("gradient of the output")
plt.legend()
plt.show()
