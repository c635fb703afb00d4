// One classic script without modules, which pages on disk may load; the worker's code travels in it as a text.
import { readFileSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

const common = { bundle: true, minify: true, format: "iife", target: "es2022", charset: "utf8", metafile: true, logLevel: "error" };
const worker = await build({ ...common, entryPoints: ["explore/worker.js"], write: false });
const page = await build({
  ...common,
  entryPoints: ["explore/index.js"],
  outfile: `${process.env.OUT}/explore.js`,
  define: { WORKER: JSON.stringify(worker.outputFiles[0].text) },
  banner: { js: "/*! d3 modules: see LICENSES.txt */" },
});
const packages = new Set(Object.keys(page.metafile.inputs).map(path => path.match(/(?:^|\/)node_modules\/([^/]+)/)?.[1]).filter(Boolean));
const licences = [...packages].sort().map(name => [name, readFileSync(`node_modules/${name}/LICENSE`, "utf-8")]);
writeFileSync(`${process.env.OUT}/licences.json`, JSON.stringify(Object.fromEntries(licences)));
