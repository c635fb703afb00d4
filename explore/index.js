// Each element with `data-explore` becomes the explorable of that name.
import { batchnorm } from "./batchnorm.js";
import { mean } from "./mean.js";
import { nine } from "./nine.js";
import { play } from "./play.js";
import { random } from "./random.js";
import { saturation } from "./saturation.js";
import { six } from "./six.js";
import { skip } from "./skip.js";
import { through } from "./through.js";

const KINDS = { six, skip, mean, play, batchnorm, saturation, nine, random, through };

// For who begins to read at the top, each is made when its place comes near the window; the built figure stands there
// until then. Who comes for a place in the page, or goes to one, needs all that may lie above it at its true height.
// See landing.js and main.html.
const waiting = new Map();
for (const place of document.querySelectorAll("[data-explore]"))
  waiting.set(document.getElementById(place.dataset.figure) ?? place, place);
function make(near) {
  watch.unobserve(near);
  KINDS[waiting.get(near).dataset.explore](waiting.get(near));
  waiting.delete(near);
}
const watch = new IntersectionObserver(seen => {
  for (const { target, isIntersecting } of seen) if (isIntersecting) make(target);
}, { rootMargin: "100%" });
const all = () => { for (const near of waiting.keys()) make(near); };
addEventListener("hashchange", all);
if (document.documentElement.classList.contains("lazy")) for (const near of waiting.keys()) watch.observe(near);
else all();
