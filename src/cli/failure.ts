/** How the process ends; docs/cli.md explains them to users. */
export const EXIT = { done: 0, refused: 1, usage: 2, brokeOff: 3, uncertain: 4, stopped: 130 } as const;

/** Why a command has failed: one sentence what happened, one what to do. */
export interface Failure {
  readonly exitCode: number;
  /** For programs; stays the same where words change. */
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  /** HTTP status and request id, where a service has refused. */
  readonly status?: number;
  readonly requestId?: string;
  /** What had been attached before. */
  readonly attached?: readonly object[];
}

/** A failure that this side has found. */
export class CommandError extends Error {
  constructor(readonly failure: Failure) {
    super(failure.message);
  }
}

export function usage(message: string, hint: string): Failure {
  return { exitCode: EXIT.usage, code: "usage", message, hint };
}

export function misused(message: string, hint: string): CommandError {
  return new CommandError(usage(message, hint));
}

/** As it stands at the beginning of a line, with its full stop. */
export function sentence(text: string): string {
  const trimmed = text.trim();
  const whole = /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
  return whole.charAt(0).toUpperCase() + whole.slice(1);
}
