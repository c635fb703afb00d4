"""E[x²] − E[x]² in float32: the variance of numbers with a large mean is lost
to rounding."""

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
noise = torch.randn(4096)
means = [10.0**k for k in range(6)]


def errors(x):
    """Relative errors of the variance of x, in one pass and in two."""
    exact = x.double().var(correction=0)  # of the numbers that float32 holds
    one_pass = ((x * x).mean() - x.mean() ** 2).double()
    two_pass = (x - x.mean()).square().mean().double()
    return [float((v / exact - 1).abs()) for v in (one_pass, two_pass)]


def verdict(error):
    return "useless" if error > 0.5 else "poor" if error > 1e-3 else "good"


one_pass_error, two_pass_error = {}, {}
print("mean     E[x²] − E[x]²   two passes")
for mean in means:
    one_pass_error[mean], two_pass_error[mean] = errors(noise + mean)
    one, two = verdict(one_pass_error[mean]), verdict(two_pass_error[mean])
    print(f"{mean:6.0f}   {one:15s} {two}")
least_error = min(errors(torch.randn(4096) + 1e4)[0] for _ in range(16))
print("useless in each of 16 draws at mean 10000:", least_error > 0.5)

y = torch.nn.functional.layer_norm(noise + 1e4, noise.shape, eps=0)
torch_error = abs(float(y.double().var(correction=0)) - 1)
print("torch's LayerNorm at mean 10000 right to 1e-3:", torch_error < 1e-3)

# %% Plot
rounding = [2**-24 * mean**2 for mean in means]  # half a unit in the last place
one = [max(e, 1e-9) for e in one_pass_error.values()]
two = [max(e, 1e-9) for e in two_pass_error.values()]
plt.loglog(means, rounding, "--", color="k", lw=1, label="2⁻²⁴ · mean²")
plt.loglog(means, one, "o-", label="E[x²] − E[x]²")
plt.loglog(means, two, "s-", label="two passes")
plt.xlabel("mean (standard deviation 1)")
plt.ylabel("relative error of the variance")
plt.legend()
plt.show()
