/** Quotes an argument for the shells of this system. */
export function quote(argument: string, windows = process.platform === "win32"): string {
  if (/^[\w@%+=:,./-]+$/.test(argument)) return argument;
  return windows ? `"${argument.replaceAll('"', '\\"')}"` : `'${argument.replaceAll("'", "'\\''")}'`;
}

/** The program as the user called it, so that printed commands can be pasted. */
export function programName(): string {
  return process.env["npm_command"] === "exec" ? "npx graph-large-attachments" : "graph-large-attachments";
}

/** A command line of this program that can be pasted. */
export function commandLine(...args: readonly string[]): string {
  return [programName(), ...args.map((argument) => quote(argument))].join(" ");
}

/** The user's own command with `--resume`, which stands first because files may follow a `--`. */
export function resumeCommand(): string {
  const [command = "", ...given] = process.argv.slice(2);
  const added = given.includes("--resume") || given.includes("-r") ? [] : ["--resume"];
  return commandLine(command, ...added, ...given);
}

/** A line that sets an environment variable in the shells of this system. */
export function setVariable(name: string, value: string, windows = process.platform === "win32"): string {
  return windows ? `$env:${name} = '${value.replaceAll("'", "''")}'` : `export ${name}=${quote(value, false)}`;
}
