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
figure, panels = plt.subplots(2, 1, sharex=True, figsize=(5.8, 5.2))
for panel, shown in zip(panels, [(0.1, 1.0, 9.0), (0.9, 1.0, 1.1)]):
    for f, style in zip(shown, ["--", "o-", "-."]):
        product = [f**l for l in layers]
        panel.semilogy(layers, product, style, markevery=5)
        panel.annotate(f"factor {f:g}", (depth, product[-1]), (6, 0),
                       textcoords="offset points", va="center")  # fmt: skip
    panel.set_ylabel("product of the factors")
panels[1].set_xlabel("layers")
plt.show()
