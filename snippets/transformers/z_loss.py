"""The output's softmax with and without z-loss: what becomes of the logarithm
of its sum, and of the logits?"""

import torch
from torch.nn import functional as F

torch.manual_seed(0)
x = torch.randn(512, 16)
y = (x @ torch.randn(16, 10)).argmax(1)
start = [torch.randn(16, 64) / 4, torch.randn(64, 10) / 8]


def train(factor):
    """Loss without z-loss, rms of ln Z, largest logit; and the way gone."""
    weights = [w.clone().requires_grad_() for w in start]
    adam = torch.optim.Adam(weights, lr=0.01)
    for _ in range(300):
        s = F.relu(x @ weights[0]) @ weights[1]
        ln_z = s.logsumexp(1)  # of the softmax's denominator
        loss = F.cross_entropy(s, y)
        adam.zero_grad()
        (loss + factor * ln_z.square().mean()).backward()
        adam.step()
    far = max(float((w - v).detach().norm()) for w, v in zip(weights, start))
    ends = loss, ln_z.square().mean().sqrt(), s.abs().max()
    return [float(end.detach()) for end in ends], far


(without, way), (with_z, way_z) = train(0.0), train(0.01)
moved = min(way, way_z)
for name, (_, ln_z, largest) in ("without", without), ("with", with_z):
    word = "above 5" if ln_z > 5 else "below 3"
    print(f"{name:7s} z-loss: ln Z {word}, the largest logit "
          f"{'above' if largest > 15 else 'below'} 15")  # fmt: skip
