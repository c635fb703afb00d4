"""Should the activation fit the data's distribution? After one layer the distribution is Gaussian anyway."""

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
samples, inputs, units = 20_000, 64, 64
data = {
    "exponential": torch.empty(samples, inputs).exponential_() - 1,
    "two-valued": torch.randint(0, 2, (samples, inputs)) * 2.0 - 1,
    "log-normal": (0.75 * torch.randn(samples, inputs)).exp(),
}


def excess_kurtosis(x):
    """Fourth standardised moment minus 3, by column, averaged: zero for a Gaussian."""
    x = (x - x.mean(0)) / x.std(0)
    return float((x**4).mean() - 3)


W = torch.randn(inputs, units) / inputs**0.5
before, after = {}, {}
for name, x in data.items():
    x = (x - x.mean(0)) / x.std(0)
    before[name], after[name] = excess_kurtosis(x), excess_kurtosis(x @ W)
    print(
        f"{name:12s} excess kurtosis {before[name]:5.1f} before one layer, {after[name]:5.2f} behind it"
    )

# %% Plot
x = data["exponential"]
bins = torch.linspace(-4, 6, 81)
plt.hist(
    x[:, 0], bins, density=True, histtype="step", lw=1.8, color="C0", label="one input: exponential"
)
plt.hist((x @ W)[:, 0] / W[:, 0].norm(), bins, density=True, histtype="step", lw=1.8, ls="--", color="C1",
         label="one pre-activation")  # fmt: skip
plt.plot(bins, torch.exp(-(bins**2) / 2) / (2 * torch.pi) ** 0.5, ":", color="k", label="Gaussian")
plt.xlabel("value")
plt.ylabel("density")
plt.legend()
plt.show()
