// Each element with `data-explore` becomes the explorable of that name.
import { mean } from "./mean.js";
import { play } from "./play.js";
import { six } from "./six.js";
import { skip } from "./skip.js";

const KINDS = { six, skip, mean, play };
for (const place of document.querySelectorAll("[data-explore]")) KINDS[place.dataset.explore](place);
