import type { Failure } from "./failure.js";

/** How much is told, and in which form. */
export interface OutputOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

/** Everything that is printed passes here: results on standard output, all else on standard error, never a secret. */
export class Output {
  readonly #secrets: string[] = [];

  constructor(readonly options: OutputOptions) {}

  /** From now on this text is withheld wherever it would be printed; one of a few letters is no secret, but part of words. */
  withhold(secret: string): void {
    if (secret.length >= 8) this.#secrets.push(secret);
  }

  result(value: object, lines: readonly string[]): void {
    if (this.options.json) this.#write(process.stdout, JSON.stringify({ ok: true, ...value }, undefined, 2));
    else if (!this.options.quiet) for (const line of lines) this.#write(process.stdout, line);
  }

  failure({ exitCode, message, hint, attached, ...more }: Failure): void {
    if (this.options.json) {
      const error = { ...more, message, hint, exitCode };
      this.#write(process.stdout, JSON.stringify({ ok: false, error, attached }, undefined, 2));
    } else {
      this.#write(process.stderr, message);
      if (hint !== "") this.#write(process.stderr, hint);
    }
  }

  /** What a person may like to know. */
  note(line: string): void {
    if (!this.options.quiet) this.#write(process.stderr, line);
  }

  /** What a person has to read, or nothing goes on. */
  demand(line: string): void {
    this.#write(process.stderr, line);
  }

  /** For support tickets. */
  detail(line: string): void {
    if (this.options.verbose) this.#write(process.stderr, line);
  }

  #write(stream: NodeJS.WriteStream, line: string): void {
    stream.write(`${this.#secrets.reduce((text, secret) => text.replaceAll(secret, "(withheld)"), printable(line))}\n`);
  }
}

/** Names and services' words may hold what a terminal would obey. */
function printable(text: string): string {
  return text.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, "�");
}
