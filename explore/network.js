// A random network as `theory.js` describes it, drawn, run forward and then backward from a random error.
import { randomNormal } from "d3-random";
import { ACTIVATIONS } from "./activations.js";

/** Uniform numbers in [0, 1): Chris Doty-Humphrey's sfc32, of which equal seeds give equal numbers everywhere. */
export function uniform(seed) {
  let a = 0x9e3779b9, b = 0x243f6a88, c = seed | 0, counter = 1;
  const next = () => {
    const t = (a + b + counter++) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + t) | 0;
    return (t >>> 0) / 2 ** 32;
  };
  for (let i = 0; i < 15; i++) next();
  return next;
}

/** BatchNorm looks at many examples; elsewhere few say as much. */
const examples = norm => (norm === "batch" ? 64 : 16);

// Two examples and four units at a time, which keeps the sums in registers and halves the loads.

/** out[b, i] = factor · Σ_j x[b, j] W[i, j] */
export function forward(x, W, out, batch, n, factor) {
  for (let row = 0; row < batch * n; row += 2 * n)
    for (let i = 0; i < n; i += 4) {
      let a0 = 0, a1 = 0, a2 = 0, a3 = 0, b0 = 0, b1 = 0, b2 = 0, b3 = 0;
      for (let j = 0, w = i * n; j < n; j++, w++) {
        const a = x[row + j], b = x[row + n + j];
        const w0 = W[w], w1 = W[w + n], w2 = W[w + 2 * n], w3 = W[w + 3 * n];
        a0 += a * w0; a1 += a * w1; a2 += a * w2; a3 += a * w3;
        b0 += b * w0; b1 += b * w1; b2 += b * w2; b3 += b * w3;
      }
      const at = row + i, to = at + n;
      out[at] = factor * a0; out[at + 1] = factor * a1; out[at + 2] = factor * a2; out[at + 3] = factor * a3;
      out[to] = factor * b0; out[to + 1] = factor * b1; out[to + 2] = factor * b2; out[to + 3] = factor * b3;
    }
}

/** out[b, j] = factor · Σ_i v[b, i] W[i, j] */
export function backward(v, W, out, batch, n, factor) {
  out.fill(0);
  for (let row = 0; row < batch * n; row += 2 * n)
    for (let i = 0; i < n; i += 4) {
      const at = row + i, to = at + n;
      const a0 = factor * v[at], a1 = factor * v[at + 1], a2 = factor * v[at + 2], a3 = factor * v[at + 3];
      const b0 = factor * v[to], b1 = factor * v[to + 1], b2 = factor * v[to + 2], b3 = factor * v[to + 3];
      for (let j = 0, w = i * n; j < n; j++, w++) {
        const w0 = W[w], w1 = W[w + n], w2 = W[w + 2 * n], w3 = W[w + 3 * n];
        out[row + j] += a0 * w0 + a1 * w1 + a2 * w2 + a3 * w3;
        out[row + n + j] += b0 * w0 + b1 * w1 + b2 * w2 + b3 * w3;
      }
    }
}

/** Normalise z in place, each unit over the batch or each example over its units; returns the standard deviations. */
function normalise(z, batch, n, byUnit) {
  const count = byUnit ? n : batch, size = byUnit ? batch : n;
  const means = new Float64Array(count), spreads = new Float64Array(count);
  for (let b = 0, at = 0; b < batch; b++) for (let i = 0; i < n; i++, at++) means[byUnit ? i : b] += z[at] / size;
  for (let b = 0, at = 0; b < batch; b++)
    for (let i = 0; i < n; i++, at++) {
      const k = byUnit ? i : b;
      z[at] -= means[k];
      spreads[k] += z[at] * z[at] / size;
    }
  for (let k = 0; k < count; k++) spreads[k] = Math.sqrt(spreads[k]);
  for (let b = 0, at = 0; b < batch; b++) for (let i = 0; i < n; i++, at++) z[at] /= spreads[byUnit ? i : b];
  return spreads;
}

/** Send the gradient of normalised entries u back through the normalisation, in place. */
function denormalise(gradient, u, spreads, batch, n, byUnit) {
  const count = spreads.length, size = byUnit ? batch : n;
  const means = new Float64Array(count), along = new Float64Array(count);
  for (let b = 0, at = 0; b < batch; b++)
    for (let i = 0; i < n; i++, at++) {
      const k = byUnit ? i : b;
      means[k] += gradient[at] / size;
      along[k] += gradient[at] * u[at] / size;
    }
  for (let b = 0, at = 0; b < batch; b++)
    for (let i = 0; i < n; i++, at++) {
      const k = byUnit ? i : b;
      gradient[at] = (gradient[at] - means[k] - along[k] * u[at]) / spreads[k];
    }
}

/**
 * Draw a network of `width` units (a multiple of 4) and measure it once, on `batch` examples (an even number).
 * @returns logs: log₁₀ of the gradient norm at each layer's input, relative to the last layer's output. cosine: of the
 *   first gradient with the last. moments: mean squares of what each layer's activation or, before it, normalisation is
 *   given, and after them of the last output. flat: shares of units that are saturated, layer by layer, where φ can be.
 */
export function sample({ depth, width, activation, variance, norm, skip, alpha, bias = 0, batch = examples(norm), seed }) {
  const n = width, size = batch * n, { phi, slope, edge } = ACTIVATIONS[activation];
  const normal = randomNormal.source(uniform(seed))(0, 1);
  const drawn = () => new Float64Array(size).map(() => normal());
  const normalised = norm !== "none", byUnit = norm === "batch";
  const factor = skip ? alpha : 1, deviation = Math.sqrt(variance / n);
  const layers = [], moments = [], flat = [], h = new Float64Array(size);
  let x = drawn();
  for (let layer = 0; layer < depth; layer++) {
    const W = new Float64Array(n * n);
    for (let i = 0; i < W.length; i++) W[i] = deviation * normal();
    // u is what the activation sees.
    const u = new Float64Array(size), next = new Float64Array(size);
    if (skip) u.set(x);
    else forward(x, W, u, batch, n, 1);
    if (bias)
      for (let i = 0; i < n; i++) {
        const b = Math.sqrt(bias) * normal();
        for (let at = i; at < size; at += n) u[at] += b;
      }
    moments.push(dot(u, u) / size);
    const spreads = normalised && normalise(u, batch, n, byUnit);
    if (edge) flat.push(u.reduce((count, z) => count + (Math.abs(z) > edge), 0) / size);
    if (skip) {
      for (let i = 0; i < size; i++) h[i] = phi(u[i]);
      forward(h, W, next, batch, n, factor);
      for (let i = 0; i < size; i++) next[i] += skip * x[i];
    } else for (let i = 0; i < size; i++) next[i] = phi(u[i]);
    layers.push({ W, u, spreads });
    x = next;
  }
  moments.push(dot(x, x) / size);
  const last = drawn(), lastNorm = Math.sqrt(dot(last, last)), logs = [0];
  let v = Float64Array.from(last);
  for (const { W, u, spreads } of layers.reverse()) {
    const before = new Float64Array(size);
    if (skip) {
      backward(v, W, before, batch, n, factor);
      for (let i = 0; i < size; i++) before[i] *= slope(u[i]);
      if (normalised) denormalise(before, u, spreads, batch, n, byUnit);
      for (let i = 0; i < size; i++) before[i] += skip * v[i];
    } else {
      for (let i = 0; i < size; i++) v[i] *= slope(u[i]);
      if (normalised) denormalise(v, u, spreads, batch, n, byUnit);
      backward(v, W, before, batch, n, 1);
    }
    v = before;
    logs.unshift(Math.log10(Math.sqrt(dot(v, v)) / lastNorm));
  }
  return { logs, cosine: dot(v, last) / (Math.sqrt(dot(v, v)) * lastNorm), moments, flat };
}

function dot(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
