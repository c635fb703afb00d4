"""The site's formulas, in float64: what claims are judged by. No snippet may import them.

A network layer is z = W x + b, x' = φ(z), with independent W_ij ~ N(0, σ_w²/n) and b_i ~ N(0, σ_b²);
z is the pre-activation, q its second moment, ξ a standard normal variable.

| module | subject |
|---|---|
| `gaussian` | means over ξ, by quadrature |
| `plain` | one layer: gain χ, fixed point q*, critical line |
| `correlation` | two inputs: how alike they become with depth |
| `initialisation` | variances by fan-in and fan-out, what they do over changing widths, transposed convolutions |
| `products` | random matrix products: typical growth and its spread |
| `normalisation` | BatchNorm's gain, for large batches and for finite ones |
| `residual` | skips: gain in the mean and typically, forward price, branches that end in ReLU |
| `readout` | what `.sum()` as a loss sends back, and a random head |
| `shattering` | cosine of two inputs' gradients |
| `units` | closed ReLU units |
| `depth` | no skips, no normalisation; streams of damped blocks |
| `gated` | gated units and powers of ReLU |
| `recurrent` | LSTM, GRU and tanh RNN: the gradient many steps back |
| `attention` | tokens that become alike, queries' gradients, the softmax's Jacobian and entropy |
| `training` | conditioning of inputs, clipping, weight decay before a normalisation |
| `optimisers` | Adam's first step, its reach in depth, its longest step, a spike |

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

from .attention import (
    attended_cosine,
    attention_entropy,
    attention_moment,
    prefix_cosine,
    query_gradient_share,
    softmax_jacobian,
    softmax_jacobian_tail,
    token_cosine,
)
from .correlation import correlation_after, correlation_scale
from .depth import (
    doubling_difference,
    dyt_stream,
    leaky_cosine,
    shared_stream,
    standardised_cosine,
    tailored_slope,
)
from .gated import gated_gain, homogeneous_gain, power_log_spread, relative_gain
from .gaussian import mean, pair_mean, second_moment, slope, slope_moment
from .initialisation import fan_variance, torch_default_decades, transposed_gain, width_gains
from .normalisation import batchnorm_gain, batchnorm_linear_gain
from .optimisers import adam_bound, adam_first_step, adam_reach, adam_spike
from .plain import chi, critical_weight_variance, fixed_point, log_gain_total, plain_gradient_ratio, signal_gain
from .products import lyapunov_exponent, lyapunov_variance, relu_fourth_moment, relu_lyapunov
from .readout import head_gradient, sum_readout_gain
from .recurrent import recurrent_memory
from .residual import (
    batchnorm_branch_growth,
    mean_log_one_plus_gaussian,
    relu_ended_stream,
    residual_gain,
    residual_log_gain,
    stream_growth,
)
from .shattering import (
    batchnorm_gradient_cosine,
    plain_gradient_cosine,
    relu_overlap,
    residual_gradient_cosine,
)
from .training import clipped_cosine, condition_number, equilibrium_angle
from .units import merged_flat_share, relu_zero_share

__all__ = [
    # this site's formulas
    "batchnorm_gain", "batchnorm_linear_gain", "chi", "correlation_after", "correlation_scale",
    "critical_weight_variance", "fan_variance",
    "fixed_point",
    "lyapunov_exponent", "lyapunov_variance", "mean", "pair_mean", "relu_ended_stream", "relu_fourth_moment",
    "residual_gain", "second_moment", "signal_gain", "slope", "slope_moment",
    "stream_growth", "width_gains", "batchnorm_branch_growth", "batchnorm_gradient_cosine", "clipped_cosine",
    "condition_number", "log_gain_total", "mean_log_one_plus_gaussian", "merged_flat_share", "plain_gradient_cosine",
    "plain_gradient_ratio", "relu_overlap", "relu_zero_share", "residual_gradient_cosine", "residual_log_gain",
    "sum_readout_gain", "torch_default_decades", "equilibrium_angle", "transposed_gain",
    "doubling_difference", "shared_stream", "dyt_stream", "leaky_cosine", "standardised_cosine", "tailored_slope",
    "gated_gain", "homogeneous_gain", "power_log_spread", "relative_gain",
    "attended_cosine", "attention_entropy", "attention_moment", "prefix_cosine", "query_gradient_share",
    "softmax_jacobian", "softmax_jacobian_tail", "token_cosine",
    "adam_bound", "adam_first_step", "adam_reach", "adam_spike", "head_gradient",
    "recurrent_memory", "relu_lyapunov",
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
