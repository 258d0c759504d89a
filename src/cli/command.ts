import { explain, type Situation } from "./explain.js";
import { EXIT, type Failure } from "./failure.js";
import type { FileOptions } from "./files.js";
import { Output, type OutputOptions } from "./output.js";
import type { SignInOptions } from "./signIn.js";
import { Stop } from "./stop.js";

/** What every command that uploads can be told. */
export interface UploadCommandOptions extends OutputOptions, FileOptions, SignInOptions {
  readonly ca?: string;
  readonly retries: number;
  /** Seconds. */
  readonly timeout: number;
}

/** One run of a command, as the parts of it see it. */
export interface Run {
  readonly output: Output;
  readonly stop: Stop;
  /** What a failure is told with; parts of the command add what they know. */
  readonly situation: { -readonly [key in keyof Situation]: Situation[key] };
  /** What was attached so far. */
  readonly attached: object[];
  /** How a stop is told; `attach` adds what is kept. */
  stopped: { message: string; hint: string };
}

/** Runs a command from its first check to its exit code; whatever goes wrong is told in a user's words. */
export async function runCommand(options: OutputOptions, work: (run: Run) => Promise<void>): Promise<number> {
  const output = new Output(options);
  const run: Run = {
    output,
    stop: new Stop(output),
    situation: { credential: "the token" },
    attached: [],
    stopped: { message: "Stopped before anything was sent.", hint: "" },
  };
  try {
    await work(run);
    return EXIT.done;
  } catch (error) {
    const failure = failureOf(error, run);
    output.failure(failure);
    if (failure.requestId && !options.json) output.detail(`Request id: ${failure.requestId}`);
    return failure.exitCode;
  } finally {
    run.stop.end();
  }
}

function failureOf(error: unknown, { stop, situation, stopped, attached }: Run): Failure {
  const failure = explain(error, situation);
  const before = attached.length > 0 ? { attached } : {};
  if (!stop.requested || failure.exitCode === EXIT.uncertain) return { ...failure, ...before };
  return { exitCode: EXIT.stopped, code: "stopped", ...stopped, ...before };
}
