"""Remember one bit for 60 steps: a tanh RNN, an LSTM as PyTorch starts it, and one with forget bias 5."""

import matplotlib.pyplot as plt
import torch
from torch import nn

steps, hidden, batch, updates = 60, 16, 64, 200


def accuracy(build):
    torch.manual_seed(0)
    network = build()
    head = nn.Linear(hidden, 1)
    parameters = [*network.parameters(), *head.parameters()]
    optimiser = torch.optim.Adam(parameters, lr=0.01)
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
    return history


def lstm(forget_bias):
    network = nn.LSTM(1, hidden)
    if forget_bias is not None:
        with torch.no_grad():
            network.bias_hh_l0[hidden : 2 * hidden] = forget_bias
    return network


histories = {
    "tanh RNN": accuracy(lambda: nn.RNN(1, hidden)),
    "LSTM, default": accuracy(lambda: lstm(None)),
    "LSTM, forget bias 5": accuracy(lambda: lstm(5.0)),
}
final = {name: sum(history[-20:]) / 20 for name, history in histories.items()}
for name, value in final.items():
    print(f"{name:20s} {'remembers' if value > 0.9 else 'guesses' if value < 0.6 else 'partly'}")

# %% Plot
for i, (name, history) in enumerate(histories.items()):
    smooth = torch.tensor(history).unfold(0, 20, 1).mean(-1)
    plt.plot(range(20, updates + 1), smooth, ["-", "--", "-."][i], label=name)
plt.axhline(0.5, color="k", ls=":", lw=1)
plt.xlabel("update")
plt.ylabel("accuracy over the last 20 batches")
plt.legend(loc="center right")
plt.show()
