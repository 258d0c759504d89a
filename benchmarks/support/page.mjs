import { readFileSync, writeFileSync } from "node:fs";
import { format } from "prettier";

const BEGIN = "<!-- bench -->";
const END = "<!-- /bench -->";

/** Returns a function that puts text between the marks of a Markdown file and formats it. Throws if there are no marks. */
export function writerOf(file) {
  const whole = readFileSync(file, "utf8");
  const begin = whole.indexOf(BEGIN);
  const end = whole.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`${file} has no ${BEGIN} … ${END} to write between.`);
  return async (text) => {
    const written = `${whole.slice(0, begin + BEGIN.length)}\n\n${text}\n\n${whole.slice(end)}`;
    writeFileSync(file, await format(written, { parser: "markdown", printWidth: 120 }));
  };
}
