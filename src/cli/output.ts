import type { Failure } from "./failure.js";

export interface OutputOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

/** Prints results to standard output and everything else to standard error. It never prints a secret. */
export class Output {
  readonly #secrets: string[] = [];

  constructor(readonly options: OutputOptions) {}

  /** Hides this text in everything printed from now on. Short texts are parts of words rather than secrets. */
  hide(secret: string | undefined): void {
    if (secret !== undefined && secret.length >= 8) this.#secrets.push(secret);
  }

  /** Prints one line of the result, unless the result is one JSON document. */
  line(text: string): void {
    if (!this.options.json && !this.options.quiet) this.#write(process.stdout, text);
  }

  /** Prints the result as one JSON document, if the user asked for that. */
  document(value: object): void {
    if (this.options.json) this.#write(process.stdout, JSON.stringify(value, undefined, 2));
  }

  /** `results`: what the command finished before it failed. */
  failure({ exitCode, message, hint, ...details }: Failure, results: object = {}): void {
    this.document({ ok: false, error: { ...details, message, hint, exitCode }, ...results });
    if (this.options.json) return;
    for (const text of [message, hint]) if (text !== "") this.#write(process.stderr, text);
  }

  info(text: string): void {
    if (!this.options.quiet) this.#write(process.stderr, text);
  }

  /** Asks the user to do something without which the command cannot continue. */
  prompt(text: string): void {
    this.#write(process.stderr, text);
  }

  /** Prints details for support tickets. */
  debug(text: string): void {
    if (this.options.verbose) this.#write(process.stderr, text);
  }

  #write(stream: NodeJS.WriteStream, text: string): void {
    stream.write(`${this.#secrets.reduce((rest, secret) => rest.replaceAll(secret, "(hidden)"), printable(text))}\n`);
  }
}

/** Replaces control characters, which file names and error messages may contain and a terminal would obey. */
function printable(text: string): string {
  return text.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, "�");
}
