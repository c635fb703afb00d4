// One chart: theory as a line, measurements as points, by layer.
import { axisBottom, axisLeft } from "d3-axis";
import { scaleLinear } from "d3-scale";
import { create, select } from "d3-selection";
import { area, line, symbol, symbolCircle, symbolCross, symbolDiamond, symbolSquare, symbolTriangle } from "d3-shape";
import { power } from "./words.js";

/** In the order of matplotlib's "osD^vP": shape and turn. */
const MARKS = [[symbolCircle, 0], [symbolSquare, 0], [symbolDiamond, 0], [symbolTriangle, 0], [symbolTriangle, 180], [symbolCross, 0]];
const MARGIN = { top: 30, right: 12, bottom: 44, left: 52 };
const APART = 16; // px between two labels
const LOW = 168; // px, the height of one of several charts
const GOLDEN = 0.618; // multiples of it, modulo 1, lie apart from each other

const colour = style => `var(--figure-${style.colour})`;
const turned = style => (MARKS[style.mark][1] ? ` rotate(${MARKS[style.mark][1]})` : "");
const outline = style => symbol(MARKS[style.mark][0], 52)();

/** The line and the mark of a series, small, for a key. `style` has colour, mark (null for none) and dash. */
export function swatch(style) {
  const svg = create("svg").attr("viewBox", "0 0 30 14").attr("class", "swatch").attr("aria-hidden", "true");
  svg.append("path").attr("class", "line").attr("d", "M0,7H30").attr("stroke", colour(style)).attr("stroke-dasharray", style.dash);
  if (style.mark !== null)
    svg.append("path").attr("class", "mark").attr("d", outline(style)).attr("fill", colour(style)).attr("transform", `translate(15,7)${turned(style)}`);
  return svg.node();
}

/**
 * Texts beside the lines' ends: right ones, unless these lie too close together and the left ones further apart. One that
 * is to stand under its line's start stands there.
 */
function labels(series, x, y) {
  const all = series.filter(({ name }) => name).flatMap(({ name, style, line, under }) => {
    const first = line.findIndex(Number.isFinite), last = line.findLastIndex(Number.isFinite);
    return last <= first ? [] : [{ name, style, under, left: [first, y(line[first])], right: [last, y(line[last])] }];
  });
  const ends = all.filter(({ under }) => !under), foot = y.range()[0] - 4;
  const gap = side => {
    const heights = ends.map(end => end[side][1]).sort((a, b) => a - b);
    return Math.min(...heights.slice(1).map((height, i) => height - heights[i]));
  };
  const [side, other, anchor, aside] = gap("right") < APART && gap("left") > gap("right") ? ["left", "right", "start", 8] : ["right", "left", "end", -8];
  // Above a line that falls from its label, below one that rises.
  const placed = ends.map(({ name, style, [side]: [layer, here], [other]: [, there] }) =>
    ({ name, style, anchor, x: x(layer) + aside, y: here + (here > there ? 18 : -9) })).sort((a, b) => a.y - b.y);
  for (let i = 1; i < placed.length; i++) placed[i].y = Math.max(placed[i].y, placed[i - 1].y + APART);
  const over = Math.max(0, (placed.at(-1)?.y ?? 0) - foot);
  return [
    ...placed.map(label => ({ ...label, y: label.y - over })),
    ...all.filter(({ under }) => under).map(({ name, style, left: [layer, here] }) =>
      ({ name, style, anchor: "start", x: x(layer) + 8, y: Math.min(here + 18, foot) })),
  ];
}

/**
 * @param holder element that the chart fills; it is drawn again whenever its width changes.
 * @param axes texts of the axes, x and y; linear: from 0 instead of logarithmic; low: one of several charts.
 * @returns a function that draws: `series` is a list of { style, line, points, dots, band, name, under }, values by layer from the
 *   input, logs on a logarithmic axis, null where there is none. Dots are small points, values by layer for each of many
 *   draws; a band has its [low, high] by layer; a name is written beside its line, or under its start.
 */
export function chart(holder, { x: across, y: up, linear = false, low = false }) {
  const svg = select(holder).append("svg");
  const [grid, bands, dots, bottom, left, lines, marks, names] =
    ["grid", "bands", "dots", "axis", "axis", "lines", "marks", "names"].map(name => svg.append("g").attr("class", name));
  svg.append("text").attr("class", "label").attr("x", 0).attr("y", 16).text(up);
  const below = svg.append("text").attr("class", "label").attr("text-anchor", "end").text(across);
  const one = linear ? 1 : 0;
  let shown = null;

  function draw() {
    const width = Math.round(holder.clientWidth), { depth, series } = shown;
    if (!width) return;
    const height = low ? LOW : Math.round(Math.min(Math.max(0.6 * width, 216), 360));
    const stride = Math.max(1, Math.round(depth / 10)), strided = values => values.filter((_, layer) => layer && layer % stride === 0);
    const all = series.flatMap(({ line, points, band, dots }) => [...line, ...(points ?? []), ...(band ?? []).flat(), ...(dots ?? []).flatMap(strided)]).filter(Number.isFinite);
    const above = series.some(({ name }) => name) ? 18 : 0;
    const x = scaleLinear([0, depth], [MARGIN.left, width - MARGIN.right]);
    const y = scaleLinear(linear ? [0, Math.max(1, ...all)] : [Math.min(-1, ...all), Math.max(1, ...all)], [height - MARGIN.bottom, MARGIN.top + above]).nice(6);
    const ticks = y.ticks(6).filter(value => linear || Number.isInteger(value));
    svg.attr("viewBox", `0 0 ${width} ${height}`).attr("height", height);
    below.attr("x", width - MARGIN.right).attr("y", height - 6);
    grid.selectAll("line").data(ticks).join("line").attr("class", value => (value === one ? "one" : null))
      .attr("x1", MARGIN.left).attr("x2", width - MARGIN.right).attr("y1", y).attr("y2", y);
    bottom.attr("transform", `translate(0,${height - MARGIN.bottom})`)
      .call(axisBottom(x).ticks(Math.min(depth, 6)).tickSizeOuter(0));
    left.attr("transform", `translate(${MARGIN.left},0)`)
      .call(axisLeft(y).tickValues(ticks).tickFormat(linear ? String : power).tickSize(0).tickPadding(8));
    const path = line((_, layer) => x(layer), y).defined(Number.isFinite);
    lines.selectAll("path").data(series).join("path").attr("class", "line").attr("d", one => path(one.line))
      .attr("stroke", one => colour(one.style)).attr("stroke-dasharray", one => one.style.dash);
    const between = area((_, layer) => x(layer), ([low]) => y(low), ([, high]) => y(high));
    bands.selectAll("path").data(series.filter(({ band }) => band)).join("path").attr("d", one => between(one.band)).attr("fill", one => colour(one.style));
    // Each is a line without length and with round ends; those of one layer stand side by side as far as there is room.
    const room = Math.min(MARGIN.right * 1.8, (x(stride) - x(0)) / 2), aside = index => room * (((index * GOLDEN) % 1) - 0.5);
    dots.selectAll("path").data(series.filter(one => one.dots)).join("path").attr("stroke", one => colour(one.style))
      .attr("d", one => one.dots.map((values, index) => values.map((value, layer) =>
        (layer && layer % stride === 0 && Number.isFinite(value) ? `M${(x(layer) + aside(index)).toFixed(1)},${y(value).toFixed(1)}h0` : "")).join("")).join(""));
    const places = series.flatMap(({ style, points }) =>
      (points ?? []).flatMap((value, layer) => (layer % stride || !Number.isFinite(value) ? [] : [{ style, value, layer }])));
    marks.selectAll("path").data(places).join("path").attr("class", "mark").attr("d", one => outline(one.style))
      .attr("fill", one => colour(one.style))
      .attr("transform", one => `translate(${x(one.layer).toFixed(1)},${y(one.value).toFixed(1)})${turned(one.style)}`);
    names.selectAll("text").data(labels(series, x, y)).join("text").attr("x", one => one.x).attr("y", one => one.y)
      .attr("text-anchor", one => one.anchor).style("fill", one => colour(one.style)).text(one => one.name);
  }

  new ResizeObserver(() => shown && draw()).observe(holder);
  return given => {
    shown = given;
    draw();
  };
}
