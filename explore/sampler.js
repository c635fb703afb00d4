// Networks drawn in a worker, one after the other, the latest request first; each is kept by its description.
import { measure } from "./measure.js";

const KEPT = 100;
const Native = globalThis.Worker; // scripts that run later may put another in its place, which takes no blob

export class Sampler {
  /** @param ready called without arguments whenever a network that was asked for has been drawn. */
  constructor(ready) {
    this.ready = ready;
    this.known = new Map();
    this.waiting = [];
    this.busy = false;
  }

  /** What was measured in a network; undefined while it is not known. */
  measured(network) {
    return this.known.get(JSON.stringify(network));
  }

  /** Draw these networks, and forget those asked for earlier that are not yet drawn. */
  ask(networks) {
    this.waiting = [...networks].filter(network => !this.measured(network));
    this.next();
  }

  next() {
    if (this.busy || !this.waiting.length) return;
    this.busy = true;
    const network = this.waiting.shift();
    this.worker ??= start(answer => this.keep(answer));
    this.worker.postMessage({ key: JSON.stringify(network), network });
  }

  keep({ key, measured }) {
    this.busy = false;
    this.known.set(key, measured);
    if (this.known.size > KEPT) this.known.delete(this.known.keys().next().value);
    this.next();
    this.ready();
  }
}

/** A worker from this script's own text, as a page on disk may load no other; where none may start, the page does it. */
function start(answer) {
  const here = { postMessage: ({ key, network }) => setTimeout(() => answer({ key, measured: measure(network) })) };
  try {
    const worker = new Native(URL.createObjectURL(new Blob([WORKER], { type: "text/javascript" })));
    let asked;
    const either = { postMessage: request => worker.postMessage((asked = request)) };
    worker.onmessage = ({ data }) => answer(data);
    worker.onerror = () => {
      either.postMessage = here.postMessage;
      here.postMessage(asked);
    };
    return either;
  } catch {
    return here;
  }
}
