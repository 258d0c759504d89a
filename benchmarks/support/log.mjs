/** Tells how far it is; the tables go to stdout alone. */
export function log(text) {
  process.stderr.write(`  ${text}\n`);
}

/** Prints what was asked for. */
export function print(text = "") {
  process.stdout.write(`${text}\n`);
}
