// Products of random matrices: the mean of the squared norm, its typical value, and many networks drawn one by one.
import { randomNormal } from "d3-random";
import { uniform } from "./network.js";

/** ψ(x) and ψ′(x) for x > 0: moved up by the recurrence to where their series are good to 1e-10. */
export function digamma(x) {
  let value = 0, slope = 0;
  for (; x < 8; x++) {
    value -= 1 / x;
    slope += 1 / x ** 2;
  }
  const s = 1 / x ** 2;
  value += Math.log(x) - 1 / (2 * x) - s * (1 / 12 - s * (1 / 120 - s * (1 / 252 - s / 240)));
  slope += 1 / x + s / 2 + (s / x) * (1 / 6 - s * (1 / 30 - s * (1 / 42 - s / 30)));
  return { value, slope };
}

/**
 * Mean and variance, per layer, of ln of the squared norm of a layer's output relative to its input's, exact for Gaussian
 * weights. A ReLU layer has k active units of n, binomial, and is looked at where k is not 0: `dead` is the chance of that.
 * @param layer kind "linear" or "relu", width n, and gain: the mean of the squared norm's factor.
 */
export function typical({ kind, width, gain }) {
  const scale = Math.log(gain) + Math.log((kind === "relu" ? 4 : 2) / width);
  if (kind === "linear") {
    const { value, slope } = digamma(width / 2);
    return { mean: value + scale, variance: slope, dead: 0 };
  }
  const dead = 2 ** -width;
  let chance = dead, first = 0, second = 0, within = 0;
  for (let k = 1; k <= width; k++) {
    chance *= (width - k + 1) / k;
    const { value, slope } = digamma(k / 2), weight = chance / (1 - dead);
    first += weight * value;
    second += weight * value ** 2;
    within += weight * slope;
  }
  return { mean: first + scale, variance: within + second - first ** 2, dead };
}

/**
 * Draw `count` networks and send one vector of length 1 through each. Of a fresh Gaussian matrix only its product with
 * the vector is drawn, unit by unit: given the vector, these are independent N(0, σ_w² ‖x‖²/n).
 * @returns for each network log₁₀ of the squared norm, from the input to the last layer; -Infinity once all units are off.
 */
export function products({ kind, width, depth, gain, count, seed }) {
  const normal = randomNormal.source(uniform(seed))(0, 1);
  const relu = kind === "relu", scale = Math.log10(((relu ? 2 : 1) * gain) / width);
  return Array.from({ length: count }, () => {
    const logs = [0];
    for (let layer = 0; layer < depth; layer++) {
      let sum = 0;
      for (let unit = 0; unit < width; unit++) {
        const z = normal();
        if (!relu || z > 0) sum += z * z;
      }
      logs.push(logs[layer] + scale + Math.log10(sum));
    }
    return logs;
  });
}
