// “BatchNorm and its side effect”: activation, batch size, with and without a skip.
import { ACTIVATIONS } from "./activations.js";
import { choice, slider, tick } from "./controls.js";
import { explorable } from "./explorable.js";
import { moments } from "./quadrature.js";
import { gradient } from "./series.js";
import { depthSlider, widthSlider } from "./six.js";
import { accumulated, linearBatchGain } from "./theory.js";
import { readable } from "./words.js";

const BATCHES = [6, 8, 12, 16, 24, 32, 48, 64];
const examples = index => String(BATCHES[index]);
const ROWS = [["plain", "no skip"], ["skip", "with a skip"]];

/** Gains of the squared norm, layer by layer from the first, of logarithms of norms. */
const gainsOf = logs => logs.slice(1).map((after, layer) => 100 ** (logs[layer] - after));

/** A layer has a place on the axis from 1; the input, at 0, has no gain. */
const fromOne = gains => [null, ...gains];

/** The network with BatchNorm; with a skip, weights are such that the branch's second moment is 1. */
export const network = (activation, skip) =>
  ({ activation, variance: 1 / moments(ACTIVATIONS[activation]).second, norm: "batch", skip, alpha: 1 });

/** The series of one network: gains in one chart, their product in the other, the gain's geometric mean in the key. */
function both(described) {
  const whole = gradient(described, 2);
  return {
    ...whole,
    line: [fromOne(whole.gains), whole.line],
    points: measured => [fromOne(gainsOf(measured.logs)), whole.points(measured)],
    cells: measured => [...whole.cells(measured), measured ? (100 ** (measured.logs[0] / described.depth)).toFixed(2) : "…"],
  };
}

/** The exact line of a linear network without a skip, which no draw belongs to. */
function exact(batch, depth) {
  const gain = linearBatchGain(batch), total = accumulated(Array(depth).fill(gain ** 2)); // of the square, like the others
  return { line: [fromOne(Array(depth).fill(gain)), total], cells: () => [readable(total[0]), "–", gain.toFixed(2)] };
}

export function batchnorm(place) {
  const ticks = ROWS.map(([name, label]) => ({ ...tick({ name, label, value: true }), inKey: true }));
  explorable(place, {
    label: "Gain of the squared gradient norm by layer, and the squared gradient norm relative to the last layer's",
    axes: [{ x: "layer", y: "gain of the squared norm", linear: true }, { x: "layer (0 is the input)", y: "squared gradient norm" }],
    heads: ["squared gradient at the input", "theory", "this draw", "a layer"],
    rows: [
      ...ROWS.map(([, name], index) => ({ style: { colour: index, mark: index }, head: ticks[index].element, name })),
      { style: { colour: 2, mark: null, dash: "6 4" }, head: "identity, no skip: (B − 2)/(B − 3)", name: "for this batch" },
    ],
    groups: [
      {
        controls: [
          ...ticks,
          choice({ name: "activation", label: "Activation", value: "relu", options: Object.entries(ACTIVATIONS).map(([name, { title }]) => [name, title]) }),
          slider({ name: "batch", label: "Batch", min: 0, max: BATCHES.length - 1, value: BATCHES.length - 1, show: examples, say: index => `${examples(index)} examples` }),
          depthSlider(50), widthSlider(),
        ],
      },
    ],
    view(state) {
      const activation = state.value("activation"), batch = BATCHES[state.value("batch")];
      const depth = state.value("depth"), width = 2 ** state.value("width");
      const { slope, second, mean } = moments(ACTIVATIONS[activation]), { title } = ACTIVATIONS[activation];
      const series = ROWS.map(([name], skip) =>
        state.value(name) ? both({ ...network(activation, skip), batch, depth, width, seed: state.seed }) : null);
      return {
        depth,
        series: [...series, activation === "identity" && state.value("plain") ? exact(batch, depth) : null],
        caption: `Lines: large batch, wide layers, χ = ${(slope / (second - mean ** 2)).toFixed(3)} without a skip. Points: draw ${state.seed}, made in your browser, ${title}, ${depth} layers of ${width} units, ${batch} examples. Small batches raise the gain.`,
      };
    },
  });
}
