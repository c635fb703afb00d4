"""Half-precision gradients that are zero, and the scaling that saves them."""

import matplotlib.pyplot as plt
import torch

depth, width, batch = 6, 128, 128
scales = [2.0**k for k in range(0, 25, 4)]


def zero_share(dtype, scale):
    """Share of the first layer's gradients that are 0; are all finite?"""
    torch.manual_seed(0)
    x = torch.randn(batch, width).to(dtype)
    weights = torch.randn(depth, width, width) / width**0.5
    weights = weights.to(dtype).requires_grad_()
    for W in weights:
        x = torch.sigmoid(x @ W.T)
    loss = (x.float() ** 2).mean()
    (gradient,) = torch.autograd.grad(loss * scale, weights)
    first = gradient[0]
    return float((first == 0).double().mean()), bool(first.isfinite().all())


half = {scale: zero_share(torch.float16, scale) for scale in scales}
single_zero, _ = zero_share(torch.float32, 1.0)
bfloat_zero, _ = zero_share(torch.bfloat16, 1.0)
for k, (share, finite) in zip(range(0, 25, 4), half.values()):
    state = "finite" if finite else "overflow"
    print(f"float16, scale 2^{k:2d}: {share:4.0%} zero, {state}")
print(f"unscaled: float32 {single_zero:.0%} zero, bfloat16 {bfloat_zero:.0%}")

# %% Plot
plt.plot(range(0, 25, 4), [share for share, _ in half.values()], "o-")
plt.xlabel("log₂ of the loss scale")
plt.ylabel("share of gradients that are 0")
plt.show()
