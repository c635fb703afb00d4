"""After how many layers of gain ¼ a gradient is exactly zero, by format."""

import matplotlib.pyplot as plt
import torch

formats = [torch.float16, torch.bfloat16, torch.float32, torch.float64]
eight_bits = [torch.float8_e5m2, torch.float8_e4m3fn]


def layers_until_zero(dtype, start=1.0):
    """Layers after which start · 4^−L is stored as zero."""
    g, layers = torch.tensor(start, dtype=dtype), 0
    while g != 0:
        g, layers = g * 0.25, layers + 1
    return layers


def layers_until_infinity(dtype):
    """Layers after which 2^L overflows."""
    g, layers = torch.tensor(1.0, dtype=dtype), 0
    while g.isfinite():
        g, layers = g * 2, layers + 1
    return layers


zero = {dtype: layers_until_zero(dtype) for dtype in formats}
infinite = {dtype: layers_until_infinity(dtype) for dtype in formats}
torch.set_flush_denormal(True)  # as many accelerators do
zero_flushed = {dtype: layers_until_zero(dtype) for dtype in formats}
torch.set_flush_denormal(False)
scaled = layers_until_zero(torch.float16, start=2.0**15)  # loss scaling by 2¹⁵

# The CPU multiplies no eight-bit numbers: multiply in float32 and convert.
zero_8 = {}
for dtype in eight_bits:
    g, zero_8[dtype] = torch.tensor(1.0, dtype=dtype), 0
    while g.float() != 0:
        g, zero_8[dtype] = (g.float() * 0.25).to(dtype), zero_8[dtype] + 1

print("format           4^-L = 0 at L   with flush   2^L overflows at L")
for d in formats:
    print(f"{str(d):16s} {zero[d]:10d} {zero_flushed[d]:14d} {infinite[d]:14d}")
for d in eight_bits:
    print(f"{str(d):18s} {zero_8[d]:8d}")
print(f"float16 with the loss scaled by 2^15: zero at L = {scaled}")

# %% Plot
shown = formats[:3]
place = torch.arange(3)
full, flushed = [zero[d] for d in shown], [zero_flushed[d] for d in shown]
plt.barh(place + 0.2, full, 0.38, label="with subnormals")
plt.barh(place - 0.2, flushed, 0.38, hatch="//", label="flush to zero on")
plt.yticks(place, [str(d).removeprefix("torch.") for d in shown])
plt.xlabel("layers of gain ¼ until the gradient is 0")
plt.legend()
plt.show()
