// “Play with depth”: the gradient profile from the site's formulas, without any library.
(() => {
  const sigmoid = (x) => 1 / (1 + Math.exp(-x));
  // Abramowitz & Stegun 7.1.26, absolute error below 1.5e-7.
  const erf = (x) => {
    const t = 1 / (1 + 0.3275911 * Math.abs(x));
    const poly = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
    return Math.sign(x) * (1 - poly * Math.exp(-x * x));
  };
  const density = (x) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  const distribution = (x) => (1 + erf(x / Math.SQRT2)) / 2;
  const LAMBDA = 1.0507009873554805, ALPHA = 1.6732632423543772;
  const activations = {
    // name: [φ, φ′]
    identity: [(x) => x, () => 1],
    sigmoid: [sigmoid, (x) => sigmoid(x) * sigmoid(-x)],
    tanh: [Math.tanh, (x) => 1 - Math.tanh(x) ** 2],
    relu: [(x) => Math.max(x, 0), (x) => (x > 0 ? 1 : 0)],
    leaky_relu: [(x) => (x > 0 ? x : 0.01 * x), (x) => (x > 0 ? 1 : 0.01)],
    softplus: [(x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))), sigmoid],
    selu: [(x) => LAMBDA * (x > 0 ? x : ALPHA * Math.expm1(x)), (x) => LAMBDA * (x > 0 ? 1 : ALPHA * Math.exp(x))],
    gelu: [(x) => x * distribution(x), (x) => distribution(x) + x * density(x)],
    silu: [(x) => x * sigmoid(x), (x) => sigmoid(x) * (1 + x * sigmoid(-x))],
  };

  // E[f(z)], z ~ N(0, 1): midpoint rule on [−9, 9]; the kink at 0 lies between two nodes.
  const STEP = 0.0025;
  const nodes = Array.from({ length: 7200 }, (_, i) => -9 + (i + 0.5) * STEP);
  const weights = nodes.map((z) => density(z) * STEP);
  const mean = (f) => nodes.reduce((sum, z, i) => sum + weights[i] * f(z), 0);

  /** Gains of the layers and gradient norm at each layer's input relative to the last. */
  function gradientProfile({ depth, activation, variance, norm, skip, alpha }) {
    const [phi, slope] = activations[activation];
    const at = (q, f) => mean((z) => f(Math.sqrt(q) * z) ** 2);
    const unit = { second: at(1, phi), slope: at(1, slope), mean: mean(phi) };
    const spread = unit.second - unit.mean ** 2;
    const scale = variance * alpha ** 2;
    const gains = [];
    let q = skip || norm === "batch" ? 1 : variance; // of the stream, the layer's inputs or the pre-activations
    for (let layer = 0; layer < depth; layer++) {
      if (norm === "batch") {
        gains.push(skip ? 1 + (scale * unit.slope) / q : unit.slope / q);
        q = skip ? q + scale * spread : spread;
      } else if (skip) {
        gains.push(1 + scale * at(q, slope));
        q += scale * at(q, phi);
      } else {
        gains.push(variance * at(q, slope));
        q = variance * at(q, phi);
      }
    }
    const logs = [0];
    for (const gain of [...gains].reverse()) logs.unshift(logs[0] + Math.log10(gain) / 2);
    return { gains, logs }; // log₁₀ of the norm, as 100 layers of ¼ would underflow otherwise
  }
  window.gradientProfile = gradientProfile;

  const form = document.getElementById("play");
  if (!form) return;
  const state = () => ({
    depth: +form.depth.value,
    activation: form.activation.value,
    variance: 2 ** form.variance.value,
    norm: form.norm.value,
    skip: form.skip.value === "yes",
    alpha: +form.alpha.value,
  });
  /** 10 to the power `log` as readers write it; the number itself may underflow. */
  const readable = (log, digits) => {
    if (log > -2.5 && log < 3.5) return String(+(10 ** log).toPrecision(digits));
    const exponent = Math.floor(log);
    return `${(10 ** (log - exponent)).toFixed(digits - 1)} × 10${superscript(exponent)}`;
  };
  const superscript = (n) => String(n).replace(/./g, (c) => (c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[c]));

  function draw() {
    const chosen = state();
    const { gains, logs } = gradientProfile(chosen);
    document.getElementById("play-depth-shown").value = chosen.depth;
    document.getElementById("play-variance-shown").value = chosen.variance.toPrecision(3);
    document.getElementById("play-alpha-shown").value = chosen.alpha.toFixed(2);
    form.alpha.disabled = !chosen.skip;

    const W = 620, H = 340, left = 72, bottom = 52, top = 14, right = 14;
    const low = Math.floor(Math.min(-1, ...logs)), high = Math.ceil(Math.max(1, ...logs));
    const x = (l) => left + ((W - left - right) * l) / chosen.depth;
    const y = (v) => top + ((H - top - bottom) * (high - v)) / (high - low);
    const every = Math.max(1, Math.ceil((high - low) / 6));
    let grid = "";
    for (let v = Math.ceil(low / every) * every; v <= high; v += every) {
      grid += `<line class="grid" x1="${left}" x2="${W - right}" y1="${y(v)}" y2="${y(v)}"/>`;
      grid += `<text x="${left - 8}" y="${y(v) + 4}" text-anchor="end">10${superscript(v)}</text>`;
    }
    const stride = Math.max(1, Math.round(chosen.depth / 5));
    for (let l = 0; l <= chosen.depth; l += stride) {
      grid += `<text x="${x(l)}" y="${H - bottom + 22}" text-anchor="middle">${l}</text>`;
    }
    const says = `Gradient norm at the input, relative to the last layer: ${readable(logs[0], 2)}.`;
    const points = logs.map((v, l) => `${x(l).toFixed(1)},${y(v).toFixed(1)}`).join(" ");
    document.getElementById("play-figure").innerHTML =
      `<svg viewBox="0 0 ${W} ${H}" role="img" aria-label="${says}">${grid}` +
      `<line class="one" x1="${left}" x2="${W - right}" y1="${y(0)}" y2="${y(0)}"/>` +
      `<polyline points="${points}"/>` +
      `<text x="${(W + left) / 2}" y="${H - 6}" text-anchor="middle">layer (0 is the input)</text></svg>` +
      `<figcaption>${says}</figcaption>`;
    document.querySelector("#play-table tbody").innerHTML = logs
      .map((v, l) => `<tr><td>${l}</td><td>${l < chosen.depth ? gains[l].toPrecision(4) : "–"}</td><td>${readable(v, 3)}</td></tr>`)
      .join("");
    history.replaceState(null, "", "#" + new URLSearchParams(new FormData(form)) + (chosen.skip ? "" : `&alpha=${chosen.alpha}`));
  }

  for (const [name, value] of new URLSearchParams(location.hash.slice(1))) {
    if (form.elements[name]) form.elements[name].value = value;
  }
  form.addEventListener("input", draw);
  form.addEventListener("submit", (event) => event.preventDefault());
  draw();
})();
