"""The forget bias of an LSTM sets how long its cell remembers."""

import math

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
times = range(10, 201, 10)
kept = {}
for bias in (0.0, 1.0, 3.0, 5.0):
    cell = torch.nn.LSTMCell(1, 1)
    with torch.no_grad():
        for parameter in cell.parameters():
            parameter.zero_()
        cell.bias_hh[1] = bias  # order in torch: input, forget, cell, output
    start = torch.ones(1, 1, requires_grad=True)
    h, c, kept[bias] = torch.zeros(1, 1), start, []
    for t in range(1, times[-1] + 1):
        h, c = cell(torch.zeros(1, 1), (h, c))
        if t in times:
            (gradient,) = torch.autograd.grad(c.sum(), start, retain_graph=True)
            kept[bias].append(gradient.item())

half_life = {
    bias: times[0] * math.log(0.5) / math.log(gains[0])
    for bias, gains in kept.items()
}
for bias, life in half_life.items():
    print(f"forget bias {bias:.0f}: ∂s_t/∂s_0 halves every {life:6.2f} steps")

# %% Plot
for i, (bias, gains) in enumerate(kept.items()):
    forget, label = 1 / (1 + math.exp(-bias)), f"forget bias {bias:.0f}"
    plt.semilogy(range(201), [forget**t for t in range(201)], color=f"C{i}")
    plt.semilogy(times, gains, "os^D"[i], color=f"C{i}", label=label)
plt.ylim(1e-6, 2)
plt.xlabel("time steps $t$")
plt.ylabel(r"$\partial s_t \; / \; \partial s_0$")
plt.legend()
plt.show()
