"""LSUV: divide each layer's weights by the deviation that its output has on
one batch. It sets the signal's scale, not the gradient's."""

import math

import matplotlib.pyplot as plt
import torch
from torch.nn.functional import gelu

torch.manual_seed(0)
width, depth, batch = 256, 30, 64
starts = {  # name: activation, scale of orthogonal weights
    "GELU, orthogonal": (gelu, 1.0),
    "GELU, LSUV": (gelu, None),
    "tanh, LSUV": (torch.tanh, None),
    "sigmoid, LSUV": (torch.sigmoid, None),
}

forward, backward, uneven = {}, {}, {}
for name, (phi, scale) in starts.items():
    x = torch.randn(batch, width, requires_grad=True)
    states = []
    for _ in range(depth):
        W = torch.nn.init.orthogonal_(torch.empty(width, width))
        with torch.no_grad():  # the last line of LSUV, and all of it
            W *= scale if scale else 1 / (x @ W.T).std()
        states.append(x @ W.T)
        x = phi(states[-1])
    error = torch.randn(batch, width)  # of a random readout
    gradients = torch.autograd.grad(x, states, error)
    each = states[-1].detach().square().mean(1)  # of each sample
    uneven[name] = float(each.std() / each.mean())
    forward[name] = [float(z.detach().square().mean()) for z in states]
    backward[name] = [float(g.square().mean()) for g in gradients]

# Between the first layer's pre-activations and the last's: 29 layers.
log_forward = {n: math.log(f[-1] / f[0]) for n, f in forward.items()}
log_backward = {n: math.log(b[0] / b[-1]) for n, b in backward.items()}
print("ln of the second moment   forward   backward")
for name in starts:
    print(f"{name:23s} {log_forward[name]:9.0f} {log_backward[name]:10.0f}")

# %% Plot
figure, axes = plt.subplots(2, sharex=True, figsize=(5.8, 5.6),
                            layout="constrained")  # fmt: skip
for i, name in enumerate(starts):
    style = dict(ls=["-", "--", ":", "-."][i], marker="osD^"[i], ms=4)
    axes[0].semilogy(forward[name], label=name, **style)
    axes[1].semilogy(backward[name], **style)
axes[0].set_title("second moment of the pre-activations")
axes[1].set_title("second moment of the gradients")
axes[1].set_xlabel("layer")
figure.legend(ncols=2, loc="outside upper center")
plt.show()
