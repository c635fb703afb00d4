"""Gradient descent on (w⁵⁰ − 1)²/2: thrown off by the cliff, saved by clipping, and stuck on the plateau."""

import matplotlib.pyplot as plt
import torch

torch.set_default_dtype(torch.float64)
depth, learning_rate, steps = 50, 0.0005, 1000


def descend(w, limit=None):
    w = torch.tensor(w, requires_grad=True)
    path = [w.item()]
    for _ in range(steps):
        loss = (w**depth - 1) ** 2 / 2
        (gradient,) = torch.autograd.grad(loss, w)
        if limit is not None:
            gradient = gradient.clamp(
                -limit, limit
            )  # one parameter: by norm and by value are the same
        w = (w - learning_rate * gradient).detach().requires_grad_()
        path.append(w.item())
        if abs(path[-1]) > 10:
            break
    return path


paths = {
    "from 1.2": descend(1.2),
    "from 1.2, clipped to 1": descend(1.2, limit=1.0),
    "from 0.8, clipped to 1": descend(0.8, limit=1.0),
}
for name, path in paths.items():
    print(f"{name:23s} w = {path[-1]:.3g} after {len(path) - 1} step(s)")
first_gradient = 50 * 1.2**49 * (1.2**50 - 1)
plateau_gradient = 50 * 0.8**49 * (1 - 0.8**50)
print(f"gradient at 1.2: {first_gradient:.2g}, at 0.8: {plateau_gradient:.2g}")

# %% Plot
w = torch.linspace(0.7, 1.21, 400)
plt.semilogy(w, (w**depth - 1).square() / 2, color="k", label="loss")
for i, (name, path) in enumerate(paths.items()):
    inside = torch.tensor([p for p in path if 0.7 <= p <= 1.21][::25])
    plt.semilogy(
        inside, ((inside**depth - 1) ** 2 / 2).clamp_min(1e-6), "Xo^"[i], color=f"C{i}", label=name
    )
plt.ylim(1e-6, 1e9)
plt.xlabel("weight w")
plt.ylabel("loss")
plt.legend()
plt.show()
