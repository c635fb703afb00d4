// Draws networks beside the page: takes { key, network }, answers { key, measured }.
import { measure } from "./measure.js";

onmessage = ({ data: { key, network } }) => postMessage({ key, measured: measure(network) });
