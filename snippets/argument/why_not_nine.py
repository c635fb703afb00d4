"""One factor per layer, fifty layers: 0.1, 0.9, 1, 1.1 and 9."""

import math

import matplotlib.pyplot as plt

depth = 50
factors = [0.1, 0.9, 1.0, 1.1, 9.0]
after = {f: math.prod([f] * depth) for f in factors}
for f, product in after.items():
    print(f"{f:4}: {product:.3g} after {depth} layers")
tolerable = 10 ** (1 / depth)  # largest factor that stays within a factor of ten
print(
    f"to stay within a factor of ten over {depth} layers, a factor must lie in [{1 / tolerable:.3f}, {tolerable:.3f}]"
)

# %% Plot
for f, style in zip(factors, ["-", "--", "o-", "-.", ":"]):
    plt.semilogy([f**l for l in range(depth + 1)], style, markevery=5, label=f"factor {f}")
plt.xlabel("layers")
plt.ylabel("product of the factors")
plt.legend()
plt.show()
