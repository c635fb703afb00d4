// Means over a standard normal ξ: Gauss–Legendre on panels that shrink towards 0, where activations have their kinks
// and, at large q, all of their curvature.
const ROOTS = [0.1834346424956498, 0.525532409916329, 0.7966664774136267, 0.9602898564975363];
const WEIGHTS = [0.362683783378362, 0.3137066458778873, 0.2223810344533745, 0.1012285362903763];
const EDGES = [0, ...Array.from({ length: 12 }, (_, i) => 2 ** (i - 12)), ...Array.from({ length: 17 }, (_, i) => 1 + i / 2)];

const nodes = [], weights = [];
for (let i = 1; i < EDGES.length; i++) {
  const middle = (EDGES[i] + EDGES[i - 1]) / 2, half = (EDGES[i] - EDGES[i - 1]) / 2;
  ROOTS.forEach((root, k) => {
    for (const at of [middle - half * root, middle + half * root])
      for (const xi of [at, -at]) {
        nodes.push(xi);
        weights.push(half * WEIGHTS[k] * Math.exp(-xi * xi / 2) / Math.sqrt(2 * Math.PI));
      }
  });
}

/** E[φ(√q ξ)²], E[φ′(√q ξ)²] and E[φ(√q ξ)] of an activation. */
export function moments({ phi, slope }, q = 1) {
  const root = Math.sqrt(q);
  let second = 0, slopes = 0, mean = 0;
  for (let i = 0; i < nodes.length; i++) {
    const z = root * nodes[i], value = phi(z), rise = slope(z);
    second += weights[i] * value * value;
    slopes += weights[i] * rise * rise;
    mean += weights[i] * value;
  }
  return { second, slope: slopes, mean };
}
