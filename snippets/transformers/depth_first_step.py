"""How far one step of Adam moves a residual network's output, by depth."""

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
width, samples, eta, depths = 64, 32, 1e-7, [16, 32, 64, 128]


def moved(depth, alpha):
    """‖change of the output‖ over ‖output‖, per η, after one step; and the
    same if the signs of each block's step were drawn anew."""
    x = torch.randn(samples, width)
    v = torch.randn(samples, width)
    W = torch.randn(depth, width, width) / width**0.5
    W.requires_grad_()

    def network(W):
        h = x
        for matrix in W:
            h = h + alpha * torch.tanh(h) @ matrix
        return h

    y = network(W)
    (gradient,) = torch.autograd.grad((y * v).sum(), W)
    step = -eta * gradient.sign()  # what Adam does first, up to its ε
    noise = eta * torch.randn(depth, width, width).sign()
    with torch.no_grad():
        changes = [network(W + change) - y for change in (step, noise)]
        return [float(c.norm() / y.norm() / eta) for c in changes]


scales = {"1/√L": lambda depth: depth**-0.5, "1/L": lambda depth: 1 / depth}
curves = {
    name: torch.tensor([moved(depth, scale(depth)) for depth in depths])
    for name, scale in scales.items()
}
powers = {
    name: (curve[-1] / curve[0]).log2() / 3 for name, curve in curves.items()
}
print("Adam's step, and signs drawn anew: power of the depth")
for name, (coherent, drawn) in powers.items():
    print(f"α = {name:5s}{coherent:7.2f}{drawn:7.2f}")
    coherent, drawn = curves[name][-1]
    print(f"  at {depths[-1]} blocks {coherent:.0f} η and {drawn:.2f} η")

# %% Plot
for i, (name, curve) in enumerate(curves.items()):
    for j, kind in enumerate(["Adam's step", "signs drawn anew"]):
        values, style = (
            curve[:, j].tolist(),
            ["o-", "s--", "^-.", "v:"][2 * i + j],
        )
        plt.loglog(depths, values, style, color=f"C{i}")
        place = (34, [[33, 3.3], [9.3, 1.05]][i][j])
        plt.annotate(f"{kind}, α = {name}", place, color=f"C{i}")
plt.xticks(depths, depths)
plt.minorticks_off()
plt.xlabel("blocks $L$")
plt.ylabel("change of the output / (output · η)")
plt.show()
