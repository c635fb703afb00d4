"""The Hessian of one unit's weight and bias: for a linear unit it is that of
linear regression, for others each sample is weighted by its curvature."""

import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
x = 5 + torch.randn(100_000)  # mean 5, standard deviation 1
start = torch.tensor([-5.0, 1.0])  # bias, weight: z = x − 5
units = {
    "linear": (lambda z: z * 1, 0.0),
    "ReLU": (torch.relu, 0.0),
    "tanh": (torch.tanh, 1.0),
}

block, lowest = {}, {}
for name, (phi, target) in units.items():

    def loss(parameters, phi=phi, target=target):
        z = parameters[0] + parameters[1] * x
        return (phi(z) - target).square().mean() / 2

    hessian = torch.autograd.functional.hessian(loss, start)
    block[name] = hessian / hessian[0, 0]
    lowest[name] = float(torch.linalg.eigvalsh(hessian)[0])
    (_, mean), (_, second) = block[name].tolist()
    sign = "negative" if lowest[name] < 0 else "positive"
    print(
        f"{name:7s} (1, {mean:4.1f}, {second:4.0f}), lowest eigenvalue {sign}"
    )
