// A gradient by layer: the theory of a network as a line, what was measured in one draw of it as points.
import { profile } from "./theory.js";
import { readable } from "./words.js";

/** What a cell says of a measured logarithm; `of` takes it from what was measured, undefined at first. */
export const cell = (measured, of) => (measured ? readable(of(measured)) : "…");

/**
 * @param network as `theory.js` describes it, with width and seed.
 * @param power 1 for the gradient's norm, 2 for its square.
 * @returns the series for an explorable's `view`, with `gains` of the square and `moments` as in `theory.js`.
 */
export function gradient(network, power = 1) {
  const { gains, logs, moments } = profile(network), line = logs.map(log => power * log);
  return {
    gains,
    moments,
    network,
    line,
    points: measured => measured.logs.map(log => power * log),
    cells: measured => [readable(line[0]), cell(measured, ({ logs }) => power * logs[0])],
  };
}
