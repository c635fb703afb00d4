"""Remember one bit for 60 steps: which recurrent networks learn to?"""

import matplotlib.pyplot as plt
import torch
from torch import nn

torch.manual_seed(0)
steps, hidden, batch, updates = 60, 16, 32, 300


def accuracy(network):
    head = nn.Linear(hidden, 1)
    parameters = [*network.parameters(), *head.parameters()]
    start = network.weight_hh_l0.detach().clone()
    optimiser = torch.optim.Adam(parameters, lr=0.01, fused=True)  # faster
    history = []
    for _ in range(updates):
        bits = torch.randint(0, 2, (batch, 1)).float()
        x = 0.1 * torch.randn(steps, batch, 1)  # noise after the first step
        x[0] = 2 * bits - 1
        logits = head(network(x)[0][-1])
        loss = nn.functional.binary_cross_entropy_with_logits(logits, bits)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        history.append(((logits > 0) == (bits > 0.5)).float().mean().item())
        if sum(history[-20:]) == 20:  # learned: no error in 20 batches
            break
    moved = (network.weight_hh_l0 - start).norm() / start.norm()
    return history, moved.item()


def rnn(orthogonal=False):
    network = nn.RNN(1, hidden)
    if orthogonal:
        nn.init.orthogonal_(network.weight_hh_l0)
    return network


def lstm(forget_bias=None):
    network = nn.LSTM(1, hidden)
    if forget_bias is not None:  # order in torch: input, forget, cell, output
        network.bias_hh_l0.data[hidden : 2 * hidden] = forget_bias
    return network


networks = {
    "tanh RNN, default": rnn(),
    "tanh RNN, orthogonal": rnn(orthogonal=True),
    "LSTM, default": lstm(),
    "LSTM, forget bias 1": lstm(1.0),
    "LSTM, forget bias 4": lstm(4.0),
}
runs = {name: accuracy(network) for name, network in networks.items()}
final = {name: sum(history[-20:]) / 20 for name, (history, _) in runs.items()}
early = {
    name: sum(history[:150][-20:]) / 20 for name, (history, _) in runs.items()
}
for name, value in final.items():
    print(f"{name:20s} {early[name]:.1f} of the bits right after 150 updates, "
          f"{value:.1f} after {updates}")  # fmt: skip

# %% Plot
for i, (name, (history, _)) in enumerate(runs.items()):
    smooth = torch.tensor(history).unfold(0, 20, 1).mean(-1)
    style = ["-", "--", "-.", ":", "-"][i]
    shown = range(20, len(history) + 1)
    plt.plot(shown, smooth, style, marker="osDv^"[i], markevery=60, label=name)
plt.axhline(0.5, color="k", ls=":", lw=1)
plt.xlabel("update")
plt.ylabel("accuracy, mean of 20 batches")
plt.legend(ncols=2, loc="lower right", bbox_to_anchor=(1, 1), columnspacing=1,
           handlelength=1.5)  # fmt: skip
plt.show()
