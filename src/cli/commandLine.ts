/** Quotes an argument as the shells of this system read it. */
export function quoted(argument: string, windows = process.platform === "win32"): string {
  if (/^[\w@%+=:,./-]+$/.test(argument)) return argument;
  return windows ? `"${argument.replaceAll('"', '\\"')}"` : `'${argument.replaceAll("'", "'\\''")}'`;
}

/** How this program was called, so that what is said can be pasted. */
export function programName(): string {
  return process.env["npm_command"] === "exec" ? "npx graph-large-attachments" : "graph-large-attachments";
}

/** The command that was given, and `more` options that it did not have, before all that may follow a `--`. */
export function sameCommand(...more: readonly string[]): string {
  const [command = "", ...given] = process.argv.slice(2);
  const added = more.filter((option) => !given.includes(option));
  return [programName(), ...[command, ...added, ...given].map((argument) => quoted(argument))].join(" ");
}

/** A line that sets a variable of the environment. */
export function setVariable(name: string, value: string, windows = process.platform === "win32"): string {
  return windows ? `$env:${name} = '${value.replaceAll("'", "''")}'` : `export ${name}=${quoted(value, false)}`;
}
