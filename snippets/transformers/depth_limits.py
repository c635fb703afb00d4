"""One path, L blocks or 2L: what is left of the difference?"""

import math

import matplotlib.pyplot as plt
import torch

torch.manual_seed(0)
n, draws, depths = 256, 8, [2, 4, 8, 16, 32]


def stream(x, branches):
    for A in branches:
        x = x + A @ x
    return x


def square(x):
    return float(x.square().sum() / n)


noise, flow = ({L: 0.0 for L in depths} for _ in range(2))
length = {"noise": 0.0, "flow": 0.0, "drift": 0.0, "root": 0.0}
for _ in range(draws):
    x = torch.randn(n)
    x = x * n**0.5 / x.norm()
    W = torch.randn(n, n) / n**0.5
    fine = torch.randn(2 * depths[-1], n, n) / (2 * depths[-1] * n) ** 0.5
    length["drift"] += square(stream(x, fine / (2 * depths[-1]) ** 0.5)) / draws
    length["root"] += square(stream(x, [W / 16**0.5] * 16)) / draws
    for L in reversed(depths):  # fine: 2L branches of variance 1/(2Ln)
        coarse = fine[::2] + fine[1::2]  # the same path in L steps
        long, short = stream(x, fine), stream(x, coarse)
        noise[L] += square(long - short) / draws
        length["noise"] += square(long) * (L == 32) / draws
        long, short = stream(x, [W / (2 * L)] * (2 * L)), stream(x, [W / L] * L)
        flow[L] += square(long - short) / draws
        length["flow"] += square(long) * (L == 32) / draws
        fine = coarse
order_noise = math.log2(noise[4] / noise[32]) / 3
order_flow = math.log2(flow[8] / flow[32]) / 2
print(f"independent weights, 1/√L: difference² falls like L^-{order_noise:.1f}")
print(f"one W, 1/L: like L^-{order_flow:.1f}")

# %% Plot
plt.loglog(depths, list(noise.values()), "o-", label="independent, α = 1/√L")
plt.loglog(depths, list(flow.values()), "s--", label="one W, α = 1/L")
plt.xticks(depths, depths)
plt.minorticks_off()
plt.xlabel("blocks $L$, compared with $2L$")
plt.ylabel("squared difference of the outputs")
plt.legend()
plt.show()
