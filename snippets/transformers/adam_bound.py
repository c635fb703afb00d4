"""How far can one step of Adam go? A lone spike, and the worst sequence."""

import torch

torch.set_default_dtype(torch.float64)


def last_step(gradients, beta2):
    """The last step over the rate, by torch's Adam."""
    w = torch.zeros(1)
    adam = torch.optim.Adam([w], lr=1.0, betas=(0.9, beta2), eps=1e-200)
    for g in gradients:
        w.grad, before = torch.tensor([g]), w.item()
        adam.step()
    return abs(w.item() - before)


def spike(t, beta2):  # quiet, then a spike at step t
    return last_step([1e-9] * (t - 1) + [1.0], beta2)


def worst(t, beta2):  # each gradient β₂/β₁ times the one before it
    return last_step([(beta2 / 0.9) ** (i - t) for i in range(t)], beta2)


late, late_95 = spike(3000, 0.999), spike(3000, 0.95)
early = spike(301, 0.999)
ramp, ramp_95 = worst(3000, 0.999), worst(1000, 0.95)
unbounded = worst(40, 0.5)
print("one step of Adam, in units of the rate")
print(f"  lone spike, step 3000: {late:.2f}; β₂ = 0.95: {late_95:.2f}")
print(f"  lone spike, step 301: {early:.2f}")
print(f"  gradients that grow by 11 % a step: {ramp:.2f}")
print(f"  β₂ = 0.95, growing by 6 % a step: {ramp_95:.2f}")
print(f"  β₂ = 0.5, 40 gradients that shrink: {unbounded:.0f}")
