// Activations and their slopes, elementwise.
const sigmoid = x => 1 / (1 + Math.exp(-x));
// Abramowitz & Stegun 7.1.26, absolute error below 1.5e-7.
const erf = x => {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const poly = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return Math.sign(x) * (1 - poly * Math.exp(-x * x));
};
const density = x => Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
export const distribution = x => (1 + erf(x / Math.SQRT2)) / 2;
const LAMBDA = 1.0507009873554805, ALPHA = 1.6732632423543772;

/** By torch's name: what readers call it, φ and φ′; edge: where the slope is a tenth of its peak, if φ is flat beyond. */
export const ACTIVATIONS = {
  identity: { title: "identity", phi: x => x, slope: () => 1 },
  sigmoid: { title: "sigmoid", phi: sigmoid, slope: x => sigmoid(x) * sigmoid(-x), edge: 2 * Math.atanh(Math.sqrt(0.9)) },
  tanh: { title: "tanh", phi: Math.tanh, slope: x => 1 - Math.tanh(x) ** 2, edge: Math.atanh(Math.sqrt(0.9)) },
  relu: { title: "ReLU", phi: x => (x > 0 ? x : 0), slope: x => (x > 0 ? 1 : 0) },
  leaky_relu: { title: "leaky ReLU", phi: x => (x > 0 ? x : 0.01 * x), slope: x => (x > 0 ? 1 : 0.01) },
  softplus: { title: "softplus", phi: x => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))), slope: sigmoid },
  selu: {
    title: "SELU",
    phi: x => LAMBDA * (x > 0 ? x : ALPHA * Math.expm1(x)),
    slope: x => LAMBDA * (x > 0 ? 1 : ALPHA * Math.exp(x)),
  },
  gelu: { title: "GELU", phi: x => x * distribution(x), slope: x => distribution(x) + x * density(x) },
  silu: { title: "SiLU", phi: x => x * sigmoid(x), slope: x => sigmoid(x) * (1 + x * sigmoid(-x)) },
};
