// What the site's formulas predict: the gain of the squared gradient of each layer, multiplied up.
//
// A network: depth layers of one activation, weights of variance σ_w²/n, norm "none", "batch" or "layer".
// Without a skip (skip 0) a layer is x ← φ(norm(W x)); with one it is x ← skip · x + alpha · W φ(norm(x)). A plain layer
// without a norm may have biases of variance σ_b²: x ← φ(W x + b).
import { ACTIVATIONS, distribution } from "./activations.js";
import { moments } from "./quadrature.js";

/**
 * Gains of the layers, log₁₀ of the gradient norm at each layer's input relative to the last layer's output, and, without
 * a norm, second moments: of each layer's pre-activations or, with a skip, its stream, and those that one more layer would have.
 */
export function profile({ depth, activation, variance, norm, skip, alpha, bias = 0 }) {
  const used = ACTIVATIONS[activation], unit = moments(used), gains = [], seconds = [];
  const scale = variance * alpha ** 2;
  // What a normalised layer passes on: BatchNorm takes away the mean over examples, LayerNorm does not.
  const kept = norm === "batch" ? unit.second - unit.mean ** 2 : unit.second;
  let q = skip || norm !== "none" ? 1 : variance + bias; // second moment of the stream, of the layer's inputs or of its pre-activations
  for (let layer = 0; layer < depth; layer++) {
    seconds.push(q);
    if (norm !== "none") {
      gains.push(skip ? skip ** 2 + scale * unit.slope / q : unit.slope / q);
      q = skip ? skip ** 2 * q + scale * kept : kept;
    } else {
      const at = moments(used, q);
      gains.push(skip ? skip ** 2 + scale * at.slope : variance * at.slope);
      q = skip ? skip ** 2 * q + scale * at.second : variance * at.second + bias;
    }
  }
  return { gains, logs: accumulated(gains), moments: [...seconds, q] };
}

/** The share of saturated units whose pre-activations are Gaussian with the second moment q, erfc(edge/√(2q)). */
export const flatShare = (activation, q) => 2 * distribution(-ACTIVATIONS[activation].edge / Math.sqrt(q));

/** Gain of a layer linear → BatchNorm without an activation, for a finite batch of more than 3. */
export const linearBatchGain = batch => (batch - 2) / (batch - 3);

/** Gain of a plain layer whose second moment no longer changes: χ at the fixed point of q, which a bounded φ has. */
export function settledGain({ activation, variance, bias = 0 }) {
  const used = ACTIVATIONS[activation];
  let q = 1;
  for (let step = 0; step < 1000; step++) {
    const next = variance * moments(used, q).second + bias;
    if (Math.abs(next - q) < 1e-9 * q) break;
    q = next;
  }
  return variance * moments(used, q).slope;
}

/** log₁₀ of the norms from the gains of its square; as logs, since 100 layers of ¼ would underflow. */
export function accumulated(gains) {
  const logs = [0];
  for (const gain of [...gains].reverse()) logs.unshift(logs[0] + Math.log10(gain) / 2);
  return logs;
}
