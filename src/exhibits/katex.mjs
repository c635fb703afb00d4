// Typeset formulas: one JSON request a line in, one JSON answer a line out. KaTeX is the site's, found from its folder.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const katex = createRequire(pathToFileURL(`${process.cwd()}/package.json`))("katex");

for await (const line of createInterface({ input: process.stdin })) {
  const { tex, display, macros } = JSON.parse(line);
  let answer;
  try {
    answer = {
      html: katex.renderToString(tex, {
        displayMode: display,
        output: "htmlAndMathml",
        strict: "error",
        throwOnError: true,
        macros: { ...macros },
      }),
    };
  } catch (error) {
    answer = { error: error.message };
  }
  process.stdout.write(JSON.stringify(answer) + "\n");
}
