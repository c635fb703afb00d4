"""One ReLU network, four weight scales: only 2/n keeps the second moment, and
a ReLU halves it."""

import math

import matplotlib.pyplot as plt
import torch
from torch import nn

torch.manual_seed(0)
width, depth, batch = 512, 30, 64
x0 = torch.randn(batch, width)

scales = {
    "N(0, 1)": 1.0,
    "Xavier, 1/n": width**-0.5,
    "Kaiming, 2/n": (2 / width) ** 0.5,
    "3/n": (3 / width) ** 0.5,
}
moments, log_total = {}, {}
for name, scale in scales.items():
    x, moments[name] = x0, [1.0]
    for _ in range(depth):
        x = torch.relu(x @ (scale * torch.randn(width, width)).T)
        moments[name].append(float(x.double().square().mean()))  # to 1e72
    log_total[name] = math.log(moments[name][-1])
    print(f"{name:14s} second moment after {depth}: {moments[name][-1]:.1g}")

z = torch.randn(2_000_000)
kept_by_relu = float(torch.relu(z).square().mean())
print(f"E[relu(z)²] / E[z²] = {kept_by_relu:.2f}")
conv = nn.Conv2d(16, 64, 3)
nn.init.kaiming_normal_(conv.weight, nonlinearity="relu")
fan_in_variance = conv.weight.var().item() * 16 * 9
nn.init.kaiming_normal_(conv.weight, mode="fan_out", nonlinearity="relu")
fan_out_variance = conv.weight.var().item() * 64 * 9
print(f"convolution, default: Var W · fan_in = {fan_in_variance:.1f}")
print(f"convolution, fan_out: Var W · fan_out = {fan_out_variance:.1f}")

images, transposed = torch.randn(16, 64, 12, 12), {}
for channels in (16, 64):  # in; out are 16
    up = nn.ConvTranspose2d(channels, 16, 4, stride=2, bias=False)
    nn.init.kaiming_normal_(up.weight, nonlinearity="linear")  # gain 1
    y = up(images[:, :channels]).detach()[..., 4:-4, 4:-4]  # off the border
    transposed[channels] = float(y.square().mean())
    print(f"transposed convolution, stride 2, {channels} to 16 channels: "
          f"second moment × {transposed[channels]:.2f}")  # fmt: skip

# %% Plot
for i, (name, values) in enumerate(moments.items()):
    plt.semilogy(values, "os^D"[i] + "-", ms=4, label=name)
plt.ylim(1e-12, 1e12)
plt.xlabel("layer $l$")
plt.ylabel("second moment of the activations")
plt.legend()
plt.show()
