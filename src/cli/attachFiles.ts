import type { Client } from "@microsoft/microsoft-graph-client";
import type { AttachOptions, UploadAttempt } from "../index.js";
import type { Run, UploadCommandOptions } from "./command.js";
import { resumeCommand } from "./commandLine.js";
import { usageError } from "./failure.js";
import type { InputFile } from "./files.js";
import { placeholder, runToFirstRequest, type GetToken } from "./firstRequest.js";
import { formatBytes } from "./format.js";
import type { Output } from "./output.js";
import { showProgress, type Progress } from "./progress.js";
import { UploadState } from "./uploadState.js";

export interface ResumableOptions extends UploadCommandOptions {
  readonly resume?: boolean;
}

/** Files to attach to one item. */
export interface AttachRequest {
  readonly path: string;
  /** The item's full URL. `--resume` finds earlier uploads by it. */
  readonly target: string;
  readonly files: readonly InputFile[];
  readonly options: Pick<AttachOptions, "comment" | "areaPath" | "overflow" | "conflictBehavior">;
  /** Advises the user about a file that is too large. */
  tooLargeHint(file: InputFile): string;
}

/** One attached file in the output. */
interface Attached {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  readonly id?: string;
  readonly url?: string;
  readonly webUrl?: string;
}

/** Larger files go through an upload session, which Ctrl-C can stop. Smaller ones go in one request. Bytes. */
const ONE_REQUEST = 3_000_000;

/** Checks every file by the rules of the library, before the first request. */
export async function checkFiles(
  request: AttachRequest,
  clientWith: (getToken: GetToken) => Client,
  { situation }: Run,
): Promise<void> {
  for (const file of request.files) {
    Object.assign(situation, { file: file.name, tooLarge: request.tooLargeHint(file) });
    await runToFirstRequest((getToken, signal) =>
      clientWith(getToken)
        .api(request.path)
        .attach(placeholder(file), { ...fileOptions(file, request), threshold: 0, retries: 0, signal }),
    );
  }
  situation.file = undefined;
}

/** Attaches one file after another, and stores what `--resume` needs until all are attached. */
export async function attachFiles(
  client: Client,
  request: AttachRequest,
  run: Run,
  options: ResumableOptions,
): Promise<void> {
  const { files, target } = request;
  const { output, stop, situation } = run;
  const resumable = files.every(({ identity }) => identity !== undefined);
  if (options.resume && !resumable)
    throw usageError("Standard input can be read only once, so it cannot be resumed.", "Leave out --resume.");
  const state = await openState(target, options, output);
  if (!options.resume) await state?.removeResults(files);
  if (state && resumable) situation.resume = resumeCommand();
  run.notAttached = files.map(({ name }) => name);
  for (const file of files) {
    Object.assign(situation, { file: file.name, tooLarge: request.tooLargeHint(file) });
    const before = (await state?.attachedBefore(file)) as Attached | undefined;
    if (before) output.info(`${file.name} was attached by an earlier run.`);
    else stop.signal.throwIfAborted();
    const result = before ?? (await attachFile(client, file, request, run, options, state));
    output.line(resultLine(file, result));
    run.attached = [...run.attached, result];
    run.notAttached = run.notAttached.slice(1);
    if (run.notAttached.length > 0 && !before) await state?.saveResult(file, result);
  }
  await state?.removeResults(files);
  output.document({ ok: true, attached: run.attached });
}

/** Opens the state for `--resume`. Without `--resume`, an upload continues even if its state cannot be stored. */
export async function openState(
  target: string,
  options: ResumableOptions,
  output: Output,
): Promise<UploadState | undefined> {
  try {
    return await UploadState.open(target, options.resume ?? false);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (options.resume)
      throw usageError(`The state of the earlier run cannot be read (${code}).`, "Run the command without --resume.");
    output.info(`This upload cannot be resumed, because its state cannot be stored (${code}).`);
    return undefined;
  }
}

function resultLine({ name, size }: InputFile, result: Attached): string {
  const parts = [`Attached ${result.name ?? name} (${formatBytes(size)})`];
  if (result.id) parts.push(`id ${result.id}`);
  if (result.webUrl) parts.push(result.webUrl);
  return parts.join(", ");
}

/** A URL that names a file does so for one file only, so several files each give their own name. */
function fileOptions(file: InputFile, { files, options }: AttachRequest): AttachOptions {
  const name = file.hasGivenName || files.length > 1 ? file.name : undefined;
  return { ...options, name, contentType: file.contentType, size: file.size };
}

async function attachFile(
  client: Client,
  file: InputFile,
  request: AttachRequest,
  run: Run,
  { retries, timeout }: ResumableOptions,
  state: UploadState | undefined,
): Promise<Attached> {
  const { name, size, source, identity } = file;
  const { output, stop } = run;
  const checkpoints = identity === undefined ? undefined : state?.checkpoints;
  setStopMessage(run, file, 0, checkpoints !== undefined);
  const progress = showProgress(output, name, size);
  try {
    const { id, url, webUrl, ...result } = await client.api(request.path).attach<Partial<Attached>>(source, {
      ...fileOptions(file, request),
      checkpoints,
      retries,
      timeout: timeout * 1000,
      signal: size > ONE_REQUEST ? stop.signal : undefined,
      onProgress: ({ loaded }) => {
        setStopMessage(run, file, loaded, checkpoints !== undefined);
        progress.show(loaded);
      },
      onAttempt: (attempt) => showAttempt(output, progress, name, attempt),
    });
    return { name: result.name ?? name, size, id, url, webUrl };
  } finally {
    progress.stop();
  }
}

function setStopMessage(run: Run, { name, size }: InputFile, loaded: number, resumable: boolean): void {
  const uploaded = `Stopped. ${formatBytes(loaded)} of ${formatBytes(size)} of ${name} are uploaded.`;
  run.stopped = resumable
    ? { message: loaded > 0 ? uploaded : `Stopped at ${name}.`, hint: `Resume with: ${resumeCommand()}` }
    : { message: `Stopped. ${name} was not attached.`, hint: "It cannot be resumed. Run the command again." };
}

/** Prints an attempt at a range in detail, and shows a wait in the progress. */
export function showAttempt(output: Output, progress: Progress, name: string, attempt: UploadAttempt): void {
  const { range, status, reason, wait, requestId } = attempt;
  const id = requestId ? `, request id ${requestId}` : "";
  const outcome = `${status ?? "no reply"}, ${reason}`;
  output.debug(`${name}: bytes ${range.start} to ${range.end}, attempt ${attempt.attempt}: ${outcome}${id}`);
  if (wait !== undefined) progress.wait(status === undefined ? "no reply" : `status ${status}`, wait);
}
