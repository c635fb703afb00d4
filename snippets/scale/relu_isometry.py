"""Three ReLU networks that do have dynamical isometry, each without one
hypothesis of the theorem: all singular values of the Jacobian are one."""

import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
width, depth = 64, 20


def orthogonal(n):
    return torch.nn.init.orthogonal_(torch.empty(n, n))


def network(weights, x, bias=0.0):
    for W in weights:
        x, bias = torch.relu(W @ x + bias), 1000 * bias
    return x


def spread(function, x):
    """Largest distance of a singular value of the Jacobian from 1."""
    J = torch.autograd.functional.jacobian(function, x)
    return float((torch.linalg.svdvals(J) - 1).abs().max())


x = torch.randn(width)
permutations = [torch.eye(width)[torch.randperm(width)] for _ in range(depth)]
rotations = [orthogonal(width) for _ in range(depth)]
signs = torch.tensor([[1.0, -1.0], [-1.0, 1.0]])
mirrored = [torch.kron(signs, R) for R in rotations]  # [[R, −R], [−R, R]]


def looks_linear(x):
    """x ↦ relu(x), relu(−x), mirrored layers, and the difference at the end."""
    halves = network(mirrored, torch.cat([torch.relu(x), torch.relu(-x)]))
    return halves[:width] - halves[width:]


drift = {
    "independent rotations × √2": spread(
        lambda x: network([2**0.5 * R for R in rotations], x), x
    ),
    "permutations, x > 0": spread(lambda x: network(permutations, x), x.abs()),
    "looks-linear, mirrored": spread(looks_linear, x),
    "rotations, huge biases": spread(lambda x: network(rotations, x, 1e3), x),
}
for name, value in drift.items():
    print(f"{name:27s} all singular values 1 to 1e-9: {value < 1e-9}")
