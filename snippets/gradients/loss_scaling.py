"""A half-precision network on the CPU: first-layer gradients that are zero, and loss scaling that saves them."""

import matplotlib.pyplot as plt
import torch

depth, width, batch = 6, 128, 128
scales = [2.0**k for k in range(0, 25, 4)]


def zero_share(dtype, scale):
    """Share of the first layer's weight gradients that are exactly 0, and whether any is not finite."""
    torch.manual_seed(0)
    x = torch.randn(batch, width).to(dtype)
    weights = [
        (torch.randn(width, width) / width**0.5).to(dtype).requires_grad_() for _ in range(depth)
    ]
    for W in weights:
        x = torch.sigmoid(x @ W.T)
    loss = (x.float() ** 2).mean()
    (gradient,) = torch.autograd.grad(loss * scale, weights[0])
    return float((gradient == 0).double().mean()), bool(gradient.isfinite().all())


half = {scale: zero_share(torch.float16, scale) for scale in scales}
single_zero, _ = zero_share(torch.float32, 1.0)
bfloat_zero, _ = zero_share(torch.bfloat16, 1.0)
for scale, (share, finite) in half.items():
    print(
        f"float16, scale 2^{torch.tensor(scale).log2():2.0f}: {share:4.0%} zero, {'finite' if finite else 'overflow'}"
    )
print(f"float32 unscaled {single_zero:.0%} zero, bfloat16 unscaled {bfloat_zero:.0%} zero")

# %% Plot
plt.plot([torch.tensor(s).log2() for s in scales], [share for share, _ in half.values()], "o-")
plt.xlabel("log₂ of the loss scale")
plt.ylabel("share of first-layer gradients that are 0")
plt.show()
