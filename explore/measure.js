// What a worker draws and measures, by the request's `of`: a network, unless it says "products" or "cells".
import { cells } from "./cells.js";
import { sample } from "./network.js";
import { products } from "./products.js";

const KINDS = { products, cells };
export const measure = request => (KINDS[request.of] ?? sample)(request);
