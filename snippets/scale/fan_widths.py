"""Thirty linear layers whose widths alternate: fan-in keeps signal and
gradient, the compromise loses both; and what each hypothesis is needed for."""

import math

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
narrow, wide, depth, batch, trials = 64, 256, 30, 64, 8


def gains(variance, draw=torch.randn, widths=(narrow, wide), loss=None):
    """Mean square per component after each layer forward, squared gradient
    norm before each layer backward, both relative; mean over trials."""
    forward, backward = 0, 0
    for _ in range(trials):
        states = [torch.randn(batch, widths[0], requires_grad=True)]
        for l in range(depth):
            n_in, n_out = widths[l % 2], widths[(l + 1) % 2]
            W = math.sqrt(variance(n_in, n_out)) * draw(n_out, n_in)
            states.append(states[-1] @ W.T)
        end = states[-1] if loss is None else loss(states[-1])
        v = torch.randn_like(end) if loss is None else None
        gradients = torch.autograd.grad(end, states, v)
        squares = torch.stack([g.double().square().sum() for g in gradients])
        doubles = [s.detach().double() for s in states]  # squares to 1e61
        moments = torch.stack([s.square().mean() for s in doubles])
        forward += moments / moments[0] / trials
        backward += squares / squares[-1] / trials
    return forward, backward


def fan_in(n_in, n_out):
    return 1 / n_in


schemes = {
    "fan-in": gains(fan_in),
    "fan-out": gains(lambda n_in, n_out: 1 / n_out),
    "Xavier": gains(lambda n_in, n_out: 2 / (n_in + n_out)),
}
equal = (128, 128)
cases = {
    "weights of mean 1/√n": gains(fan_in, lambda *s: 1 + 0 * torch.randn(*s)),
    "loss ½‖x_L‖²": gains(
        fan_in, widths=equal, loss=lambda x: x.square().sum() / 2
    ),
}
for name, (forward, backward) in (schemes | cases).items():
    print(f"{name:21s} forward {forward[-1]:8.2g}, backward {backward[0]:8.2g}")

# %% Plot
for i, (name, (forward, backward)) in enumerate(schemes.items()):
    plt.semilogy(forward, "os^"[i] + "-", ms=4, label=f"{name}, forward")
    plt.semilogy(
        backward, "os^"[i] + "--", ms=4, mfc="w", label=f"{name}, back"
    )
plt.xlabel("layer $l$")
plt.ylabel("mean square or squared norm")
plt.legend(ncols=2, loc="lower right", bbox_to_anchor=(1, 1))
plt.show()
