"""Throw a die two thousand times."""

import random

import matplotlib.pyplot as plt

random.seed(1)
throws = [random.randint(1, 6) for _ in range(2000)]
mean = sum(throws) / len(throws)
print(f"mean {mean:.1f}")

# %% Plot
running = [sum(throws[:n]) / n for n in range(1, 200)]
plt.plot(running, label="running mean")
plt.legend()
plt.show()
