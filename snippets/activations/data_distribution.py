"""Does the data's shape survive one layer? Sums of independent inputs become
Gaussian; sums of inputs that share a brightness do not."""

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits

torch.manual_seed(0)
samples, inputs, units = 20_000, 64, 256
W = torch.randn(inputs, units) / inputs**0.5


def excess(x):
    """Fourth standardised moment minus 3, for each column: 0 if Gaussian."""
    x = (x - x.mean(0)) / x.std(0)
    return (x**4).mean(0) - 3


# One sample in ten is five times as bright, in all of its inputs at once.
bright = 1 + 4.0 * (torch.rand(samples, 1) < 0.1)
shared = bright * torch.randn(samples, inputs)
pixels = torch.tensor(load_digits().data, dtype=torch.float32)
pixels = pixels[:, pixels.std(0) > 0] - pixels[:, pixels.std(0) > 0].mean(0)
data = {
    "exponential, independent": torch.empty(samples, inputs).exponential_(),
    "two-valued, independent": 2.0 * torch.randint(0, 2, (samples, inputs)),
    "Gaussian × shared brightness": shared,
    "the same / own length": shared / shared.norm(dim=1, keepdim=True),
    "digits, standardised by pixel": pixels / pixels.std(0),
    "digits, one scale for all": pixels / pixels.std(),
}
before, after = {}, {}
for name, x in data.items():
    before[name] = excess(x).mean().item()
    after[name] = excess(x @ W[: x.shape[1]]).mean().item()
    print(f"{name:29s} excess kurtosis {before[name]:5.1f}, after one layer"
          f" {after[name]:4.1f}")  # fmt: skip

# %% Plot
figure, panels = plt.subplots(2, 1, figsize=(5.8, 6))
bins = torch.linspace(-5, 5, 81)
names = ["exponential, independent", "Gaussian × shared brightness"]
for panel, name in zip(panels, names):
    for x, style, label in (
        (data[name], "-", "one input"),
        (data[name] @ W, "--", "one pre-activation"),
    ):
        values = (x[:, 0] - x[:, 0].mean()) / x[:, 0].std()
        panel.hist(
            values,
            bins,
            density=True,
            histtype="step",
            lw=1.6,
            ls=style,
            label=label,
        )
    panel.plot(
        bins,
        torch.exp(-(bins**2) / 2) / (2 * torch.pi) ** 0.5,
        ":",
        color="k",
        label="Gaussian",
    )
    panel.set_title(name)
    panel.set_ylabel("density")
panels[1].set_xlabel("value, in standard deviations")
panels[0].legend()
plt.show()
