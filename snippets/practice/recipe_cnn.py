"""Recipe: 12 convolutions. BatchNorm and the skip are each removed alone."""

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn

digits = load_digits()
x = torch.tensor(digits.images, dtype=torch.float32)[:, None]
x = (x - x.mean()) / x.std()
y = torch.tensor(digits.target)
depth, channels, steps = 12, 8, 40


class Layer(nn.Module):
    def __init__(self, fan_in, norm, skip, kaiming):
        super().__init__()
        self.skip = skip and fan_in == channels  # not around the first layer
        self.conv = nn.Conv2d(fan_in, channels, 3, padding=1, bias=not norm)
        self.norm = nn.BatchNorm2d(channels) if norm else nn.Identity()
        if kaiming:
            nn.init.kaiming_normal_(self.conv.weight, nonlinearity="relu")

    def forward(self, h):
        if self.skip:  # pre-activation order: the stream stays a plain sum
            return h + self.conv(torch.relu(self.norm(h)))
        return torch.relu(self.norm(self.conv(h)))


def train(*ingredients, rate):
    torch.manual_seed(0)
    sizes = [1] + [channels] * (depth - 1)
    model = nn.Sequential(*[Layer(n, *ingredients) for n in sizes],
                          nn.AdaptiveAvgPool2d(2), nn.Flatten(),
                          nn.Linear(4 * channels, 10))  # fmt: skip
    start = nn.utils.parameters_to_vector(model.parameters()).detach()
    optimiser = torch.optim.SGD(model.parameters(), lr=rate, momentum=0.9)
    losses = []
    for step in range(steps):
        rows = torch.randint(len(x), (32,))
        first = model[0](x[rows])
        last = model[1:depth](first)
        loss = nn.functional.cross_entropy(model[depth:](last), y[rows])
        if step == 0:  # gradient norm behind the first layer over the last
            pair = torch.autograd.grad(loss, (first, last), retain_graph=True)
            ratio = (pair[0].norm() / pair[1].norm()).item()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    end = nn.utils.parameters_to_vector(model.parameters()).detach()
    moved = ((end - start).norm() / start.norm()).item()
    return sum(losses[-10:]) / 10, losses, ratio, moved


variants = {
    "as PyTorch makes it": (False, False, False),
    "Kaiming alone": (False, False, True),
    "BatchNorm alone": (True, False, False),
    "skip alone": (False, True, False),
    "BatchNorm and skip": (True, True, False),
}
best = {
    name: min((train(*parts, rate=rate) for rate in (0.02, 0.1)),
              key=lambda run: (run[0] != run[0], run[0]))  # NaN last
    for name, parts in variants.items()
}  # fmt: skip
for name, (end, losses, ratio, _) in best.items():
    print(f"{name:20s} loss {losses[0]:.1f} to {end:.1f}, ratio {ratio:.0e}")

# %% Plot
styles = ["--", ":", "-.", ".-", "-"]
for (name, run), style in zip(best.items(), styles):
    plt.plot(run[1], style, label=name)
plt.ylim(0, 3)
plt.xlabel("step")
plt.ylabel("training loss")
plt.legend(ncols=2, loc="lower right", bbox_to_anchor=(1, 1), columnspacing=1,
           handlelength=1.5)  # fmt: skip
plt.show()
