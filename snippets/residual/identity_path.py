"""A residual network's gradient is a sum over paths; one path is the identity.

How much of the sum it is depends on the scale of the branches."""

import itertools
import math

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)


def he(n):
    return math.sqrt(2 / n) * torch.randn(n, n)


# Six blocks x ← x + W relu(x): add up all 64 paths, one by one.
weights, states = [he(50) for _ in range(6)], [torch.randn(50).requires_grad_()]
for W in weights:
    states.append(states[-1] + W @ torch.relu(states[-1]))
v = torch.randn(50)
(exact,) = torch.autograd.grad(states[-1], states[0], v)
paths = []
for taken in itertools.product([False, True], repeat=6):
    g = v
    for W, x, branch in reversed(list(zip(weights, states, taken))):
        g = (x > 0) * (W.T @ g) if branch else g
    paths.append(g)
formula_error = float((sum(paths) - exact).norm() / exact.norm())
print(f"64 paths add up to autograd's gradient: {formula_error < 1e-14}")
print(f"the first is v itself: {torch.equal(paths[0], v)}")

width, depth, batch = 300, 24, 64
scales = (1.0, 0.3, 1 / math.sqrt(depth))
cosine, share = {}, {}
for alpha in scales:
    states = [torch.randn(batch, width, requires_grad=True)]
    for _ in range(depth):
        x = states[-1]
        states.append(x + alpha * torch.relu(x) @ he(width).T)
    v = torch.randn(batch, width)
    gradients = torch.autograd.grad(states[-1], states, v)
    along = [float((g * v).sum()) for g in gradients]
    cosine[alpha] = [a / float(g.norm() * v.norm())
                     for a, g in zip(along, gradients)]  # fmt: skip
    share[alpha] = along[0] / float(v.square().sum())
    print(f"α = {alpha:.2f}: cosine of first and last gradient "
          f"{cosine[alpha][0]:.2f}, "
          f"theory {(1 + alpha**2) ** (-depth / 2):.2f}")  # fmt: skip

# Exact is not safe: branches −x/2 cancel half of the identity, in every block.
x = torch.ones((), requires_grad=True)
y = x
for _ in range(depth):
    y = y - y / 2
(cancelled,) = torch.autograd.grad(y, x)
print(f"branch −x/2, {depth} blocks: gradient {float(cancelled):.1e}")

# A branch with steps: autograd sees none of them.
x = torch.tensor([-50.0, 50.0], requires_grad=True)
y = x + torch.round(x)
(seen,) = torch.autograd.grad(y.sum(), x)
rise = float((y[1] - y[0]).detach()) / 100
print(f"branch round(x): rises by {rise:.0f} per unit; autograd {seen[0]:.0f}")

# %% Plot
for i, alpha in enumerate(scales):
    curve = [(1 + alpha**2) ** (-(depth - l) / 2) for l in range(depth + 1)]
    plt.plot(curve, ["-", "--", "-."][i], color=f"C{i}")
    label = rf"$\alpha = {alpha:.2f}$"
    plt.plot(cosine[alpha], "os^"[i], ms=4, color=f"C{i}", label=label)
plt.xlabel("block $l$ (0 is the input)")
plt.ylabel("cosine with the last block's gradient")
plt.legend()
plt.show()
