/** Prints progress to stderr, because stdout is for the tables. */
export function log(text) {
  process.stderr.write(`  ${text}\n`);
}

/** Prints the result to stdout. */
export function print(text = "") {
  process.stdout.write(`${text}\n`);
}
