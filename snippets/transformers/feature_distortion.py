"""Two linear layers with perfect features, tuned on inputs of half the space:
what is left of the features in the other half?"""

import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
inputs, features, steps, rate = 40, 5, 600, 0.05


def run(start, seen=20, pretrained=True):
    """Squared error on seen and on all directions, over that of guessing 0."""
    body = torch.linalg.qr(torch.randn(inputs, features)).Q.T
    wanted = torch.randn(features)
    target = wanted @ body  # the task: a perfect head on perfect features
    S = torch.linalg.qr(torch.randn(inputs, inputs)).Q[:, :seen]
    if not pretrained:
        body = torch.linalg.qr(torch.randn(inputs, features)).Q.T
    head = torch.randn(features) if start == "random head" else 0 * wanted
    if start == "head first":  # least squares on the seen directions
        head = torch.linalg.lstsq((body @ S).T, target @ S).solution
    for _ in range(steps):  # gradient descent on ½‖error‖²
        error = (head @ body - target) @ S
        down = torch.outer(head, S @ error)
        head, body = head - rate * body @ S @ error, body - rate * down
    off = head @ body - target
    parts = [off @ S, off], [target @ S, target]
    return [float(a @ a / (b @ b)) for a, b in zip(*parts)]


starts = ["random head", "zero head", "head first"]
unseen = {s: sum(run(s)[1] for _ in range(4)) / 4 for s in starts}
fitted = max(run(s)[0] for s in starts)
everything = run("random head", seen=inputs)[1]
unlearned = sum(run("head first", pretrained=False)[1] for _ in range(4)) / 4
for start, error in unseen.items():
    print(f"{start:11s} error on all directions: {error:.1f}")
print(f"random head, all directions seen: {everything:.1f}")
print(f"head first on features of no use: {unlearned:.1f}")
