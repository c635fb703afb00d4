// Typeset formulas: one JSON request a line in, one JSON answer a line out.
import katex from "katex";
import { createInterface } from "node:readline";

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
