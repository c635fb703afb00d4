"""When one half is not one half: weights that can make z exactly zero, and
weights of mean zero that are not symmetric."""

import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
samples = 1_000_000


def halves(z):
    """Shares that ReLU keeps: of the second moment, and of the slopes."""
    kept = float(torch.relu(z).square().mean() / z.square().mean())
    return kept, float((z > 0).double().mean())


gaussian = torch.randn(samples)
signs = torch.randint(2, (samples, 2)) * 2.0 - 1  # ±1 weights, x = (1, 1)
hidden = torch.relu(torch.randn(samples, 2))  # width 2: first layer's output
second = (hidden * torch.randn(samples, 2)).sum(1)
skewed = torch.empty(samples).exponential_() - 1  # mean 0, variance 1
many = torch.empty(samples // 50, 50).exponential_() - 1

share = {
    "Gaussian": halves(gaussian),
    "±1, x = (1, 1)": halves(signs.sum(1)),
    "Gaussian, width 2, layer 2": halves(second),
    "skewed, one input": halves(skewed),
    "skewed, 50 inputs": halves(many.sum(1)),
}
print("weights                      E relu² / E z²    P(z > 0)")
for name, (kept, open_share) in share.items():
    print(f"{name:28s} {kept:14.2f} {open_share:11.2f}")
