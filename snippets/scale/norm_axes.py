"""Which entries of a batch each normalisation averages over, found by asking
autograd."""

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
torch.set_default_dtype(torch.float64)
reach = {}
for name, layer in layers.items():
    x = torch.randn(samples, channels, size, size, requires_grad=True)
    output = layer.double()(x)[1, 2, 0, 0]  # sample 1, channel 2, one pixel
    (gradient,) = torch.autograd.grad(output, x)
    reach[name] = (gradient != 0).sum((2, 3))  # pixels, by sample and channel
    seen = int(reach[name].sum())
    print(f"{name:20s} averages over {seen:2d} of {x.numel()} numbers")
counts = {name: int(r.sum()) for name, r in reach.items()}

# %% Plot
figure, panels = plt.subplots(
    2, 2, figsize=(5.8, 4.4), sharex=True, sharey=True
)
look = {"cmap": "cividis", "vmin": -0.3, "vmax": 1.3, "edgecolors": "w"}
for panel, name in zip(panels.flat, layers):
    panel.pcolormesh(reach[name] > 0, linewidth=1, **look)
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
