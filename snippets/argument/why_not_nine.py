"""One factor per layer, fifty layers: 0.1, 0.9, 1, 1.1 and 9."""

import math

import matplotlib.pyplot as plt

depth = 50
factors = [0.1, 0.9, 1.0, 1.1, 9.0]
after = {f: math.prod([f] * depth) for f in factors}
for f, product in after.items():
    print(f"{f:4}: {product:.3g} after {depth} layers")
tolerable = 10 ** (1 / depth)  # largest factor that stays within ten
print(f"within a factor of ten over {depth} layers:")
print(f"  a factor must lie in [{1 / tolerable:.3f}, {tolerable:.3f}]")

# %% Plot
layers = range(depth + 1)
for f, style in zip(factors, ["-", "--", "o-", "-.", ":"]):
    product = [f**l for l in layers]
    plt.semilogy(layers, product, style, markevery=5, label=f"factor {f}")
plt.xlabel("layers")
plt.ylabel("product of the factors")
plt.legend()
plt.show()
