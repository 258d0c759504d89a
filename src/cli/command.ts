import { explain, type Situation } from "./explain.js";
import { EXIT, type Failure } from "./failure.js";
import type { FileOptions } from "./files.js";
import { Output, type OutputOptions } from "./output.js";
import type { SignInOptions } from "./signInOptions.js";
import { Stop } from "./stop.js";

/** Options of every command that uploads. */
export interface UploadCommandOptions extends OutputOptions, FileOptions, SignInOptions {
  readonly ca?: string;
  readonly retries: number;
  /** Seconds. */
  readonly timeout: number;
}

/** One run of a command. Its parts write here what they know, for error messages. */
export interface Run {
  readonly output: Output;
  readonly stop: Stop;
  readonly situation: { -readonly [key in keyof Situation]: Situation[key] };
  /** Results of the files that are attached, and names of the files that are not. */
  attached: readonly object[];
  notAttached: readonly string[];
  /** The message for a stop by Ctrl-C. */
  stopped: Pick<Failure, "message" | "hint">;
}

/** Runs a command from its first check to its exit code. */
export async function runCommand(options: OutputOptions, work: (run: Run) => Promise<void>): Promise<number> {
  const output = new Output(options);
  const run: Run = {
    output,
    stop: new Stop(output),
    situation: { credential: "The token", check: "Check whether it was done before you run the command again." },
    attached: [],
    notAttached: [],
    stopped: { message: "Stopped. Nothing was sent.", hint: "" },
  };
  try {
    await work(run);
    return EXIT.done;
  } catch (error) {
    const { attached, notAttached } = run;
    const failure = failureOf(error, run);
    output.failure(failure, attached.length > 0 ? { attached, notAttached } : {});
    if (failure.requestId && !options.json) output.debug(`Request id: ${failure.requestId}`);
    return failure.exitCode;
  } finally {
    run.stop.end();
  }
}

function failureOf(error: unknown, run: Run): Failure {
  const failure = explain(error, run.situation);
  if (failure.exitCode === EXIT.uncertain) return failure;
  if (run.stop.requested) return { exitCode: EXIT.stopped, code: "stopped", ...run.stopped };
  return run.attached.length > 0 ? partialFailure(failure, run) : failure;
}

function partialFailure(failure: Failure, { attached, notAttached, situation: { resume } }: Run): Failure {
  const total = attached.length + notAttached.length;
  const message = `${failure.message}\n${attached.length} of ${total} files are attached. Not attached: ${notAttached.join(", ")}.`;
  const rest = resume && !failure.hint.includes(resume) ? [`Attach the rest with: ${resume}`] : [];
  return { ...failure, exitCode: EXIT.partial, message, hint: [failure.hint, ...rest].filter(Boolean).join("\n") };
}
