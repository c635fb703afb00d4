"""Which entries of a batch each normalisation averages over, found by asking autograd."""

import matplotlib.pyplot as plt
import torch
from torch import nn

samples, channels, size = 4, 6, 2
layers = {
    "BatchNorm": nn.BatchNorm2d(channels),
    "LayerNorm": nn.LayerNorm([channels, size, size]),
    "InstanceNorm": nn.InstanceNorm2d(channels),
    "GroupNorm, 3 groups": nn.GroupNorm(3, channels),
    "RMSNorm": nn.RMSNorm([channels, size, size]),
}
torch.manual_seed(0)
reach = {}
for name, layer in layers.items():
    x = torch.randn(samples, channels, size, size, dtype=torch.float64, requires_grad=True)
    output = layer.double()(x)
    (gradient,) = torch.autograd.grad(
        output[1, 2, 0, 0], x
    )  # one output: sample 1, channel 2, one pixel
    reach[name] = (gradient != 0).sum((2, 3))  # pixels that matter, by sample and channel
    print(f"{name:20s} averages over {int(reach[name].sum()):2d} of {x.numel()} numbers")
counts = {name: int(r.sum()) for name, r in reach.items()}

# %% Plot
shown = list(layers)[:4]
figure, panels = plt.subplots(2, 2, figsize=(5.8, 4.4), sharex=True, sharey=True)
for panel, name in zip(panels.flat, shown):
    panel.pcolormesh(
        reach[name] > 0, cmap="cividis", vmin=-0.3, vmax=1.3, edgecolors="w", linewidth=1
    )
    panel.plot(2.5, 1.5, "*", color="0.2", ms=9)
    panel.set_title(name)
    panel.set_xticks([i + 0.5 for i in range(channels)], range(channels))
    panel.set_yticks([i + 0.5 for i in range(samples)], range(samples))
    panel.grid(False)
for panel in panels[1]:
    panel.set_xlabel("channel")
for panel in panels[:, 0]:
    panel.set_ylabel("sample")
plt.show()
