// “Why not 9?”: the branch's scale α against depth, forward and backward.
import { button, choice, slider } from "./controls.js";
import { explorable } from "./explorable.js";
import { cell, gradient } from "./series.js";
import { depthSlider, widthSlider } from "./six.js";
import { block } from "./skip.js";
import { readable } from "./words.js";

const BRANCHES = { He: [2, "He, c = 1"], Xavier: [1, "Xavier, c = ½"], default: [1 / 3, "PyTorch's default, c = 1/6"] };
const NINE = 0.95; // the slider's step nearest to log₁₀ 9, and taken as that
const PRESETS = [["α = 9", NINE], ["α = 1", 0], ["α = 0.1", -1], ["α = 0.01", -2]];
const FLOAT32 = Math.log10(3.4e38); // its largest number
const exact = log => (Math.abs(log - NINE) < 0.01 ? 9 : 10 ** log);
const shown = log => String(+exact(log).toPrecision(2));

/** The stream's squared norm, block by block, relative to the input's. */
const growth = moments => moments.map(moment => Math.log10(moment / moments[0]));

function stream(network, { moments }) {
  const line = growth(moments), end = ({ moments }) => growth(moments).at(-1);
  return { network, line, points: measured => growth(measured.moments), cells: measured => [readable(line.at(-1)), cell(measured, end)] };
}

export function nine(place) {
  explorable(place, {
    label: "Squared norm of the stream relative to the input's, and of the gradient relative to the last block's",
    axes: { x: "block l (0 is the input)", y: "squared norm, relative to where it starts" },
    heads: ["growth over all blocks", "theory", "this draw"],
    rows: [
      { style: { colour: 0, mark: 0 }, head: "stream, (1 + α²c)ˡ", name: "stream" },
      { style: { colour: 1, mark: 1 }, head: "gradient, (1 + α²c)ᴸ⁻ˡ", name: "gradient" },
      { style: { colour: 2, mark: 2, dash: "6 4" }, head: "stream with α = 1/√L", name: "stream, 1/√L", under: true },
    ],
    groups: [
      {
        controls: [
          slider({ name: "alpha", label: "Branch α", min: -3, max: 1, step: 0.05, value: NINE, show: shown, say: log => `branch times ${shown(log)}` }),
          depthSlider(20),
          choice({ name: "weights", label: "Weights", value: "He", options: Object.entries(BRANCHES).map(([name, [, title]]) => [name, title]) }),
          widthSlider(),
        ],
      },
    ],
    presets: state => PRESETS.map(([title, alpha]) => button(title, () => { state.set({ alpha }); state.apply(); })),
    view(state) {
      const alpha = exact(state.value("alpha")), depth = state.value("depth"), width = 2 ** state.value("width");
      const [variance] = BRANCHES[state.value("weights")], rest = { depth, width, seed: state.seed };
      const [given, root] = [alpha, depth ** -0.5].map(alpha => gradient({ ...block(1, alpha, variance), ...rest }, 2));
      const gain = 1 + alpha ** 2 * variance / 2, total = depth * Math.log10(gain);
      return {
        depth,
        series: [stream(given.network, given), given, stream(root.network, root)],
        caption: `Each block multiplies both squares by 1 + α²c = ${readable(Math.log10(gain), 3)}, 1/√L = ${(depth ** -0.5).toFixed(2)}.${
          total > FLOAT32 ? " Such squares overflow float32." : ""} Draw ${state.seed}, made in your browser: ${depth} blocks of ${width} units.`,
      };
    },
  });
}
