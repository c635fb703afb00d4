// What is seen of each figure of a page; see test_figures.py. Its data is followed only if asked for, as that takes longest.
follow => {
  const meet = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;

  /** A label's text, the size of its largest letters in px, and where its letters are: they take two thirds of the line. */
  function label(text) {
    const { a, b } = text.getScreenCTM(), box = text.getBoundingClientRect(), upright = Math.abs(b) > Math.abs(a);
    const [x, y] = upright ? [box.width / 6, 0] : [0, box.height / 6], parts = text.querySelectorAll("tspan");
    const sizes = [...(parts.length ? parts : [text])].map(part => parseFloat(getComputedStyle(part).fontSize));
    return { text: text.textContent, size: Math.hypot(a, b) * Math.max(...sizes),
      left: box.left + x, right: box.right - x, top: box.top + y, bottom: box.bottom - y };
  }

  /** Points of the screen, some two px apart, through which a drawing's data runs: its lines and marks, not its grid. */
  function* data(svg, grid) {
    for (const mark of svg.querySelectorAll("[clip-path] > use")) {
      const { left, right, top, bottom } = mark.getBoundingClientRect();
      yield { x: (left + right) / 2, y: (top + bottom) / 2 };
    }
    for (const path of svg.querySelectorAll("path[clip-path]")) {
      const { stroke } = getComputedStyle(path), place = path.getScreenCTM(), length = path.getTotalLength();
      if (stroke === "none" || stroke === grid) continue;
      const frame = svg.querySelector(`${path.getAttribute("clip-path").slice(4, -1)} rect`).getBBox();
      for (let way = 0; way <= length; way += Math.max(2, length / 1000)) {
        const point = path.getPointAtLength(way);
        if (point.x > frame.x && point.x < frame.x + frame.width && point.y > frame.y && point.y < frame.y + frame.height)
          yield point.matrixTransform(place);
      }
    }
  }

  const probe = document.body.appendChild(document.createElement("i"));
  probe.style.color = "var(--figure-grid)";
  const grid = getComputedStyle(probe).color;
  probe.remove();
  return [...document.querySelectorAll(".drawing, .explorable-chart, .ratios")].map(place => {
    const shown = [...place.querySelectorAll(":scope > svg")].filter(svg => svg.checkVisibility()), [svg] = shown;
    const drawn = place.matches(".drawing"), frame = svg?.getBoundingClientRect();
    const labels = [...(svg?.querySelectorAll("text") ?? [])].filter(text => text.textContent.trim()).map(label);
    const points = follow && drawn && svg ? [...data(svg, grid)] : [];
    return {
      name: place.closest("[id]")?.id, drawn, shown: shown.length,
      labels: labels.map(({ text, size }) => [text, size]),
      overlapping: labels.flatMap((a, i) => labels.slice(0, i).filter(b => meet(a, b)).map(b => `${b.text} | ${a.text}`)),
      cut: labels.filter(a => a.left < frame.left - 1 || a.right > frame.right + 1 || a.top < frame.top - 1 || a.bottom > frame.bottom + 1)
        .map(({ text }) => text),
      crossed: labels.filter(a => points.some(({ x, y }) => x > a.left && x < a.right && y > a.top && y < a.bottom)).map(({ text }) => text),
    };
  });
}
