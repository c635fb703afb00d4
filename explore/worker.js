// Draws networks beside the page: takes { key, network }, answers { key, measured }.
import { sample } from "./network.js";

onmessage = ({ data: { key, network } }) => postMessage({ key, measured: sample(network) });
