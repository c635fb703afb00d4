"""What training makes of the gradient that comes sixty steps back: in an RNN
that learns the task, and in an LSTM that does not."""

import matplotlib.pyplot as plt
import torch
from torch import nn

torch.manual_seed(0)
steps, hidden, batch, updates, every = 60, 16, 32, 100, 10


def loss_and_inputs(network, head):
    bits = torch.randint(0, 2, (batch, 1)).float()
    x = 0.1 * torch.randn(steps, batch, 1)  # noise after the first step
    x[0] = 2 * bits - 1
    logits = head(network(x.requires_grad_())[0][-1])
    return nn.functional.binary_cross_entropy_with_logits(logits, bits), x


def train(network):
    """ln of the squared gradient, first input over last, along the way;
    distance that the recurrent matrix moved."""
    head = nn.Linear(hidden, 1)
    parameters = [*network.parameters(), *head.parameters()]
    start = network.weight_hh_l0.detach().clone()
    optimiser = torch.optim.Adam(parameters, lr=0.01)
    logs = []
    for update in range(updates + 1):
        loss, x = loss_and_inputs(network, head)
        optimiser.zero_grad()
        loss.backward()
        if update % every == 0:
            squares = x.grad.double().square()  # float32 would lose them
            first, *_, last = squares.sum((1, 2))
            logs.append((first / last).log())
        if update < updates:
            nn.utils.clip_grad_norm_(parameters, 1.0)
            optimiser.step()
    moved = (network.weight_hh_l0 - start).norm() / start.norm()
    return torch.stack(logs), moved.item()


def lstm():
    network = nn.LSTM(1, hidden)
    network.bias_hh_l0.data[hidden : 2 * hidden] = 1  # of the forget gates
    return network


kinds = {"tanh RNN, default": lambda: nn.RNN(1, hidden),
         "LSTM, forget bias 1": lstm}  # fmt: skip
logs, moved = {}, {}
for kind, new in kinds.items():
    found, ways = zip(*(train(new()) for _ in range(3)))
    logs[kind], moved[kind] = sum(found) / 3, min(ways)
    print(f"{kind:20s} {logs[kind][0]:.0f}, trained {logs[kind][-1]:.0f}")

# %% Plot
for kind, found in logs.items():
    marker, height = ("o", -16) if "RNN" in kind else ("s", 8)
    (line,) = plt.plot(range(0, updates + 1, every), found, f"{marker}-")
    plt.annotate(kind, (0, found[0]), (8, height), color=line.get_color(),
                 textcoords="offset points")  # fmt: skip
plt.xlabel("update")
plt.ylabel("ln of squared gradient, first over last")
plt.margins(y=0.15)
plt.show()
