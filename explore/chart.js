// One chart: theory as a line, measurements as points, on a logarithmic axis of gradient norms.
import { axisBottom, axisLeft } from "d3-axis";
import { scaleLinear } from "d3-scale";
import { create, select } from "d3-selection";
import { line, symbol, symbolCircle, symbolCross, symbolDiamond, symbolSquare, symbolTriangle } from "d3-shape";
import { power } from "./words.js";

/** In the order of matplotlib's "osD^vP": shape and turn. */
const MARKS = [[symbolCircle, 0], [symbolSquare, 0], [symbolDiamond, 0], [symbolTriangle, 0], [symbolTriangle, 180], [symbolCross, 0]];
const MARGIN = { top: 30, right: 12, bottom: 44, left: 52 };

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
 * @param holder element that the chart fills; it is drawn again whenever its width changes.
 * @param labels texts of the axes, x and y.
 * @returns a function that draws: `series` is a list of { style, line, points }, logs by layer from the input; `says` is
 *   the whole in words.
 */
export function chart(holder, labels) {
  const svg = select(holder).append("svg").attr("role", "img");
  const [grid, bottom, left, lines, marks] = ["grid", "axis", "axis", "lines", "marks"].map(name => svg.append("g").attr("class", name));
  const above = svg.append("text").attr("class", "label").attr("x", 0).attr("y", 16).text(labels.y);
  const below = svg.append("text").attr("class", "label").attr("text-anchor", "end").text(labels.x);
  let shown = null;

  function draw() {
    const width = Math.round(holder.clientWidth), { depth, series, says } = shown;
    if (!width) return;
    const height = Math.round(Math.min(Math.max(0.6 * width, 216), 360));
    const all = series.flatMap(({ line, points }) => [...line, ...(points ?? [])]).filter(Number.isFinite);
    const x = scaleLinear([0, depth], [MARGIN.left, width - MARGIN.right]);
    const y = scaleLinear([Math.min(-1, ...all), Math.max(1, ...all)], [height - MARGIN.bottom, MARGIN.top]).nice(6);
    const ticks = y.ticks(6).filter(Number.isInteger);
    svg.attr("viewBox", `0 0 ${width} ${height}`).attr("height", height).attr("aria-label", says);
    above.attr("x", 0);
    below.attr("x", width - MARGIN.right).attr("y", height - 6);
    grid.selectAll("line").data(ticks).join("line").attr("class", value => (value ? null : "one"))
      .attr("x1", MARGIN.left).attr("x2", width - MARGIN.right).attr("y1", y).attr("y2", y);
    bottom.attr("transform", `translate(0,${height - MARGIN.bottom})`)
      .call(axisBottom(x).ticks(Math.min(depth, 6)).tickSizeOuter(0));
    left.attr("transform", `translate(${MARGIN.left},0)`).call(axisLeft(y).tickValues(ticks).tickFormat(power).tickSize(0).tickPadding(8));
    const path = line((_, layer) => x(layer), y);
    lines.selectAll("path").data(series).join("path").attr("class", "line").attr("d", one => path(one.line))
      .attr("stroke", one => colour(one.style)).attr("stroke-dasharray", one => one.style.dash);
    const stride = Math.max(1, Math.round(depth / 10));
    const places = series.flatMap(({ style, points }) =>
      (points ?? []).flatMap((value, layer) => (layer % stride || !Number.isFinite(value) ? [] : [{ style, value, layer }])));
    marks.selectAll("path").data(places).join("path").attr("class", "mark").attr("d", one => outline(one.style))
      .attr("fill", one => colour(one.style))
      .attr("transform", one => `translate(${x(one.layer).toFixed(1)},${y(one.value).toFixed(1)})${turned(one.style)}`);
  }

  new ResizeObserver(() => shown && draw()).observe(holder);
  return given => {
    shown = given;
    draw();
  };
}
