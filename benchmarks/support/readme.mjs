import { readFileSync, writeFileSync } from "node:fs";
import { format } from "prettier";

const BEGIN = "<!-- bench -->";
const END = "<!-- /bench -->";

/** Puts a text between the markers of a Markdown file, in the project's own layout. */
export async function writeInto(file, text) {
  const whole = readFileSync(file, "utf8");
  const begin = whole.indexOf(BEGIN);
  const end = whole.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`${file} has no ${BEGIN} … ${END} to write between.`);
  const written = `${whole.slice(0, begin + BEGIN.length)}\n\n${text}\n\n${whole.slice(end)}`;
  writeFileSync(file, await format(written, { parser: "markdown", printWidth: 120 }));
}
