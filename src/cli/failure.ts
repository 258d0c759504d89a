/** Exit codes. docs/cli.md explains them. */
export const EXIT = { done: 0, refused: 1, usage: 2, interrupted: 3, uncertain: 4, partial: 5, stopped: 130 } as const;

/** A failed command, as the user reads it. */
export interface Failure {
  readonly exitCode: number;
  /** For scripts. It stays the same when the words change. */
  readonly code: string;
  /** The error, with the name of the file. */
  readonly message: string;
  /** The next step for the user. */
  readonly hint: string;
  /** HTTP status and request id of a refusal. */
  readonly status?: number;
  readonly requestId?: string;
}

/** A failure that the command line itself finds. */
export class CommandError extends Error {
  constructor(readonly failure: Failure) {
    super(failure.message);
  }
}

export function usageFailure(message: string, hint: string): Failure {
  return { exitCode: EXIT.usage, code: "usage", message, hint };
}

export function usageError(message: string, hint: string): CommandError {
  return new CommandError(usageFailure(message, hint));
}
