"""What random weights add to a gate: gradients of cells over 60 steps."""

import math

import matplotlib.pyplot as plt
import torch
from torch import nn

torch.manual_seed(0)
steps, hidden, cells, bias = 60, 128, 8, 1.0


def gradients(cell):
    """Log of the squared gradient norm, from 0 to 60 steps back."""
    with torch.no_grad():
        cell.bias_hh.zero_()
        cell.bias_ih.zero_()
        if not isinstance(cell, nn.RNNCell):  # both have this gate second
            cell.bias_hh[hidden : 2 * hidden] = bias
    state, states = None, []
    for t in range(steps + 1):
        x = 0.1 * torch.randn(2, 1) if t else torch.ones(2, 1)
        state = cell(x, state)
        states.append(state[1] if isinstance(cell, nn.LSTMCell) else state)
    v = torch.randn(2, hidden)
    found = torch.autograd.grad(states[-1], states, v)
    logs = torch.stack([g.square().sum().log() for g in found[::-1]])
    return logs - logs[0]


kinds = {"LSTM": nn.LSTMCell, "GRU": nn.GRUCell, "tanh RNN": nn.RNNCell}
kept = {}
for name, kind in kinds.items():
    drawn = [gradients(kind(1, hidden)) for _ in range(cells)]
    kept[name] = torch.stack(drawn).mean(0)  # the typical cell
    print(f"{name:8s}  log of the squared gradient {kept[name][-1]:4.0f}")
lstm, gru = float(kept["LSTM"][-1]), float(kept["GRU"][-1])

# %% Plot
keep, weight = 1 / (1 + math.exp(-bias)), math.sqrt(1 / 3)
factors = {
    "LSTM": (keep, weight / 4),
    "GRU": (keep, (1 - keep) * weight / 2),
    "tanh RNN": (0, weight),
    "gate alone": (keep, 0),
}
back = range(steps + 1)
for i, (name, (keep, other)) in enumerate(factors.items()):
    line = [
        sum(
            (math.comb(t, k) * keep ** (t - k) * other**k) ** 2
            for k in range(t + 1)
        )
        for t in back
    ]
    style = {"color": f"C{i}", "ls": "-" if name in kept else "--"}
    plt.plot(back, [math.log(value) for value in line], **style)
    if name in kept:
        mark = {"color": f"C{i}", "marker": "osD"[i], "ls": "none"}
        plt.plot(back[::6], kept[name][::6], **mark)
    plt.annotate(name, (steps, math.log(line[-1])), (7, 0), va="center",
                 color=f"C{i}", textcoords="offset points")  # fmt: skip
plt.xlabel("steps back")
plt.ylabel("log of the squared gradient norm")
plt.show()
