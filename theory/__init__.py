"""The site's formulas, in float64: what claims are judged by. No snippet may import them.

A network layer is z = W x + b, x' = φ(z), with independent W_ij ~ N(0, σ_w²/n) and b_i ~ N(0, σ_b²);
z is the pre-activation, q its second moment, ξ a standard normal variable.

| module | subject |
|---|---|
| `gaussian` | means over ξ, by quadrature |
| `plain` | one layer: gain χ, fixed point q*, critical line |
| `correlation` | two inputs: how alike they and their gradients become with depth |
| `initialisation` | variances by fan-in and fan-out, what they do over changing widths |
| `products` | random matrix products: typical growth and its spread |
| `normalisation` | BatchNorm's gain |
| `residual` | skips: gain, forward price, branches that end in ReLU |

A claim's theory is an expression over the names below: these formulas, names of Python's `math`, three of SciPy, and
torch's activations. `tanh` and `sigmoid` are torch's, for tensors; on numbers use `math.tanh`.
"""

import math
from math import (
    acos,
    acosh,
    asin,
    asinh,
    atan,
    atan2,
    atanh,
    ceil,
    comb,
    cos,
    cosh,
    e,
    erf,
    erfc,
    exp,
    expm1,
    factorial,
    floor,
    fsum,
    gamma,
    hypot,
    inf,
    lgamma,
    log,
    log1p,
    log2,
    log10,
    pi,
    prod,
    sin,
    sinh,
    sqrt,
    tan,
)

import torch
from scipy.optimize import brentq
from scipy.special import digamma, polygamma
from torch import sigmoid, tanh
from torch.nn.functional import (
    elu,
    gelu,
    hardsigmoid,
    hardswish,
    hardtanh,
    leaky_relu,
    logsigmoid,
    mish,
    relu,
    selu,
    silu,
    softplus,
)

from .correlation import correlation_after, relu_gradient_correlation
from .gaussian import mean, pair_mean, second_moment, slope, slope_moment
from .initialisation import fan_variance, width_gains
from .normalisation import batchnorm_gain
from .plain import chi, critical_weight_variance, fixed_point, signal_gain
from .products import lyapunov_exponent, lyapunov_variance, relu_fourth_moment
from .residual import relu_ended_stream, residual_gain, stream_growth

__all__ = [
    # this site's formulas
    "batchnorm_gain", "chi", "correlation_after", "critical_weight_variance", "fan_variance", "fixed_point",
    "lyapunov_exponent", "lyapunov_variance", "mean", "pair_mean", "relu_ended_stream", "relu_fourth_moment",
    "relu_gradient_correlation", "residual_gain", "second_moment", "signal_gain", "slope", "slope_moment",
    "stream_growth", "width_gains",
    # torch's activations
    "elu", "gelu", "hardsigmoid", "hardswish", "hardtanh", "leaky_relu", "logsigmoid", "mish", "relu", "selu",
    "sigmoid", "silu", "softplus", "tanh", "torch",
    # SciPy
    "brentq", "digamma", "polygamma",
    # Python's math
    "acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "ceil", "comb", "cos", "cosh", "e", "erf", "erfc",
    "exp", "expm1", "factorial", "floor", "fsum", "gamma", "hypot", "inf", "lgamma", "log", "log10", "log1p", "log2",
    "math", "pi", "prod", "sin", "sinh", "sqrt", "tan",
]  # fmt: skip
