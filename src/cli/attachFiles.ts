import type { Client } from "@microsoft/microsoft-graph-client";
import type { AttachOptions, UploadAttempt } from "../index.js";
import type { Run, UploadCommandOptions } from "./command.js";
import { sameCommand } from "./commandLine.js";
import { misused } from "./failure.js";
import type { OpenedFile } from "./files.js";
import { Kept } from "./kept.js";
import type { Output } from "./output.js";
import { showProgress, type Progress } from "./progress.js";
import { bytes } from "./words.js";

export interface ResumableOptions extends UploadCommandOptions {
  readonly resume?: boolean;
}

/** What is attached, and where to. */
export interface Attaching {
  readonly client: Client;
  readonly path: string;
  /** Names the item among all services, so that what is kept for it is found again. */
  readonly target: string;
  readonly files: readonly OpenedFile[];
  readonly more?: Pick<AttachOptions, "comment" | "areaPath" | "overflow">;
}

/** Up to here a file goes by one request, which cannot be taken up: a stop waits until it is through. Bytes. */
const ONE_REQUEST = 3_000_000;

/** Attaches one file after another, and keeps what `--resume` needs until all of them are done. */
export async function attachFiles(attaching: Attaching, run: Run, options: ResumableOptions): Promise<void> {
  const { files, target } = attaching;
  const { output, attached, stop } = run;
  if (options.resume && files.some(({ identity }) => identity === undefined))
    throw misused("Standard input cannot be resumed: it is read once.", "Give a file, or leave out --resume.");
  const kept = await Kept.open(target, options.resume ?? false).catch((error: NodeJS.ErrnoException) => {
    if (options.resume) throw misused(`What was kept cannot be read (${error.code}).`, "Start it without --resume.");
    output.note(`This cannot be resumed, for nothing can be kept (${error.code}).`);
    return undefined;
  });
  if (!options.resume) await kept?.forget(files);
  for (const file of files) {
    const before = await kept?.done(file);
    if (before) output.note(`${file.name} is attached already.`);
    if (!before) stop.signal.throwIfAborted();
    const one = before ?? (await attachFile(file, attaching, run, options, kept));
    attached.push(one);
    if (!before && attached.length < files.length) await kept?.markDone(file, one);
  }
  await kept?.forget(files);
  const lines = files.map(({ size }, index) => {
    const { name, id } = attached[index] as { name: string; id?: string };
    return `Attached ${name} (${bytes(size)})${id ? `, id ${id}` : ""}`;
  });
  output.result({ attached }, lines);
}

async function attachFile(
  file: OpenedFile,
  { client, path, more, files }: Attaching,
  run: Run,
  { retries, timeout }: ResumableOptions,
  kept: Kept | undefined,
): Promise<object> {
  const { name, size, contentType, source, identity } = file;
  const said = file.named || files.length > 1 ? name : undefined; // a URL that names one file is not for several
  const { output, stop, situation } = run;
  const checkpoints = identity === undefined ? undefined : kept?.checkpoints;
  if (checkpoints) situation.goOn = sameCommand("--resume");
  tellOfStop(run, name, 0, size, checkpoints !== undefined);
  const progress = showProgress(output, name, size);
  try {
    const result = await client
      .api(path)
      .attach<{ name?: string; id?: string; url?: string; webUrl?: string }>(source, {
        ...{ name: said, contentType, size, checkpoints, retries, timeout: timeout * 1000, ...more },
        signal: size > ONE_REQUEST ? stop.signal : undefined,
        onProgress: ({ loaded }) => {
          tellOfStop(run, name, loaded, size, checkpoints !== undefined);
          progress.show(loaded);
        },
        onAttempt: (attempt) => tellOfAttempt(output, progress, name, attempt),
      });
    const { id, url, webUrl } = result;
    return { name: result.name ?? name, size, id, url, webUrl };
  } finally {
    progress.stop();
  }
}

function tellOfStop(run: Run, name: string, loaded: number, size: number, resumable: boolean): void {
  const kept =
    loaded > 0 ? `Stopped; the service has ${bytes(loaded)} of ${bytes(size)} of ${name}.` : `Stopped at ${name}.`;
  run.stopped = resumable
    ? { message: kept, hint: `Go on with: ${sameCommand("--resume")}` }
    : { message: `Stopped; ${name} was not attached.`, hint: "It cannot be resumed: start it again." };
}

/** Tells of one attempt at a range: all of them in detail, and of a wait also to those who only watch. */
export function tellOfAttempt(output: Output, progress: Progress, name: string, attempt: UploadAttempt): void {
  const { range, status, reason, wait, requestId } = attempt;
  const id = requestId ? `, request id ${requestId}` : "";
  const came = `${status ?? "no reply"}, ${reason}`;
  output.detail(`${name}: bytes ${range.start} to ${range.end}, attempt ${attempt.attempt}: ${came}${id}`);
  if (wait !== undefined) progress.wait(status === undefined ? "no answer" : `status ${status}`, wait);
}
