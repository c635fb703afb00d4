"""E[x²] − E[x]² in float32: the variance of numbers with a large mean is lost to rounding."""

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
noise = torch.randn(4096)
means = [10.0**k for k in range(6)]

one_pass_error, two_pass_error = {}, {}
for mean in means:
    x = noise + mean
    exact = x.double().var(correction=0)  # of the very numbers that float32 holds
    one_pass = ((x * x).mean() - x.mean() ** 2).double()
    two_pass = (x - x.mean()).square().mean().double()
    one_pass_error[mean] = float((one_pass / exact - 1).abs())
    two_pass_error[mean] = float((two_pass / exact - 1).abs())
    verdict = (
        "useless"
        if one_pass_error[mean] > 0.5
        else "poor"
        if one_pass_error[mean] > 1e-3
        else "good"
    )
    print(
        f"mean {mean:7.0f}: E[x²] − E[x]² is {verdict:8s} two passes are {'good' if two_pass_error[mean] < 1e-3 else 'poor'}"
    )

rounding = {
    mean: 2**-24 * mean**2 for mean in means
}  # half a unit in the last place of E[x²], against variance 1
torch_error = float(
    torch.nn.functional.layer_norm(noise + 1e4, noise.shape, eps=0).double().var(correction=0) - 1
)
print(f"torch's LayerNorm at mean 10000 has variance 1 to 1e-3: {abs(torch_error) < 1e-3}")

# %% Plot
plt.loglog(means, list(rounding.values()), "--", color="k", lw=1, label="2⁻²⁴ · mean²")
plt.loglog(means, [max(e, 1e-9) for e in one_pass_error.values()], "o-", label="E[x²] − E[x]²")
plt.loglog(means, [max(e, 1e-9) for e in two_pass_error.values()], "s-", label="two passes")
plt.xlabel("mean (standard deviation 1)")
plt.ylabel("relative error of the variance")
plt.legend()
plt.show()
