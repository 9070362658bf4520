// Sets formulas: reads one JSON [tex, display] a line, answers with one JSON HTML string a line.
import { createInterface } from "node:readline";
import katex from "katex";

for await (const line of createInterface({ input: process.stdin })) {
  const [tex, displayMode] = JSON.parse(line);
  const html = katex.renderToString(tex, { displayMode, strict: "error", throwOnError: true });
  process.stdout.write(`${JSON.stringify(html)}\n`);
}
