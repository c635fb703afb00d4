// “Products of random matrices”: the mean of the squared norm against its typical value, and many networks.
import { button, choice, slider } from "./controls.js";
import { explorable } from "./explorable.js";
import { typical } from "./products.js";
import { depthSlider, units } from "./six.js";
import { readable } from "./words.js";

const COUNT = 200;
const KINDS = { linear: "linear", relu: "ReLU, He" };
const GAIN = { min: 0.5, max: 2.5, step: 0.01 };

/** The gain at which the typical squared norm is kept; as near as the slider comes. */
export const typicalGain = (kind, width) => {
  const exact = Math.exp(-typical({ kind, width, gain: 1 }).mean);
  return Math.min(GAIN.max, +(Math.round(exact / GAIN.step) * GAIN.step).toFixed(2));
};

const mean = values => values.reduce((sum, value) => sum + value, 0) / values.length;

/** log₁₀ of the mean of numbers given as logs, which may be too small to add up themselves. */
const meanLog = logs => {
  const largest = Math.max(...logs);
  return largest === -Infinity ? largest : largest + Math.log10(mean(logs.map(log => 10 ** (log - largest))));
};
const alive = logs => logs.filter(Number.isFinite);
const byLayer = (networks, summary) => networks[0].map((_, layer) => summary(networks.map(logs => logs[layer])));

/** Which part of the networks' mean the largest of them makes up. */
const largestShare = logs => {
  const whole = meanLog(logs);
  return whole === -Infinity ? "–" : `${Math.round((100 * 10 ** (Math.max(...logs) - whole)) / COUNT)} %`;
};

/** Narrow ReLU networks die on the way; what the chance of that is. */
function dying(chance, depth) {
  const share = 1 - (1 - chance) ** depth;
  if (share < 0.0005) return "";
  return ` In ${share > 0.9995 ? "nearly all" : `${(100 * share).toFixed(1)} %`} of such networks all units of a layer are off and the norm is 0; the typical value is that of the others.`;
}

export function random(place) {
  explorable(place, {
    label: "Squared norm after the last layer relative to the input's",
    axes: { x: "layer (0 is the input)", y: "squared norm relative to the input's" },
    heads: ["squared norm at the end", "theory", `${COUNT} networks`],
    rows: [
      { style: { colour: 0, mark: 0, dash: "6 4" }, head: "mean", name: "mean" },
      { style: { colour: 1, mark: 1 }, head: "typical", name: "typical" },
      { head: "the largest’s share of the mean" },
    ],
    groups: [
      {
        controls: [
          choice({ name: "kind", label: "Layers", value: "linear", options: Object.entries(KINDS) }),
          slider({ name: "width", label: "Width", min: 1, max: 7, value: 2, show: units, say: log => `${units(log)} units` }),
          depthSlider(100),
          slider({ name: "gain", label: "Gain", ...GAIN, value: 1, show: value => value.toFixed(2), say: value => `squared norm times ${value.toFixed(2)} a layer` }),
        ],
      },
    ],
    presets: state => [
      button("Keep the mean", () => { state.set({ gain: 1 }); state.apply(); }),
      button("Keep the typical", () => { state.set({ gain: typicalGain(state.value("kind"), 2 ** state.value("width")) }); state.apply(); }),
    ],
    view(state) {
      const layers = { kind: state.value("kind"), width: 2 ** state.value("width"), gain: state.value("gain") }, depth = state.value("depth");
      const network = { of: "products", ...layers, depth, count: COUNT, seed: state.seed };
      const { mean: step, variance, dead } = typical(layers), through = of => Array.from({ length: depth + 1 }, (_, layer) => of(layer));
      const whole = through(layer => layer * Math.log10(layers.gain)), line = through(layer => (layer * step) / Math.LN10);
      const halves = through(layer => (2 * Math.sqrt(layer * variance)) / Math.LN10);
      const atEnd = (networks, summary) => (networks ? summary(networks.map(logs => logs[depth])) : "…");
      const typicalLog = logs => (alive(logs).length ? mean(alive(logs)) : NaN);
      return {
        depth,
        series: [
          {
            network, line: whole, points: networks => byLayer(networks, meanLog),
            cells: networks => [readable(whole[depth]), atEnd(networks, logs => readable(meanLog(logs)))],
          },
          {
            network, line, points: networks => byLayer(networks, typicalLog), dots: networks => networks,
            cells: networks => [readable(line[depth]), atEnd(networks, logs => (alive(logs).length ? readable(typicalLog(logs)) : "none left"))],
            band: line.map((value, layer) => [value - halves[layer], value + halves[layer]]),
          },
          { network, cells: networks => ["–", atEnd(networks, largestShare)] },
        ],
        caption: `Draw ${state.seed}, made in your browser: ${COUNT} networks of ${depth} layers of ${layers.width} units, a dot each. Typical: the mean of the log; the band is two standard deviations about it.${dying(dead, depth)}`,
      };
    },
  });
}
