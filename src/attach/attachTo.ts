import type { GraphRequest } from "@microsoft/microsoft-graph-client";
import { UploadError } from "../errors.js";
import { asGraphError } from "../http/refusal.js";
import { openFiles, type OpenedFile } from "../files/given.js";
import { holding } from "../files/hold.js";
import { closeAll } from "../files/open.js";
import type { AttachOptions, FileToAttach, UploadOptions } from "../options.js";
import type { Job } from "../upload/job.js";
import { attachFile } from "./attachFile.js";
import { mustBeMine } from "../upload/checkpoints.js";
import { attachFiles } from "./attachFiles.js";
import { attachOnce } from "./attachOnce.js";
import { attachedBefore } from "./kept.js";
import { linkAll, mustTake } from "./link.js";
import { prepare, type Uploader } from "./prepare.js";
import { withTotalProgress } from "./progress.js";

/** The files of a call of `attach`, as the caller gave them, and their options. */
export interface GivenFiles {
  readonly files: readonly FileToAttach[];
  /** The caller gave a list. */
  readonly several: boolean;
  readonly options: AttachOptions;
  readonly defaults?: UploadOptions;
}

/** Opens files, and attaches them as `attachTo` does. */
export async function attachGiven(
  request: GraphRequest,
  placesFor: Uploader["placesFor"],
  { files, several, options, defaults }: GivenFiles,
): Promise<object[]> {
  const opened = await holding(files, async () => openFiles(files, options));
  return attachTo(request, { placesFor, defaults }, opened, several);
}

/** Attaches one file to the item of a request, or several to a work item in one revision. Returns the attachments. */
export async function attachTo(
  request: GraphRequest,
  uploader: Uploader,
  files: readonly OpenedFile[],
  several: boolean,
): Promise<object[]> {
  try {
    const jobs: Job[] = [];
    for (const { content, options } of files) jobs.push(await prepare(request, uploader, content, options));
    if (several && jobs.some(({ linkTo }) => linkTo === undefined)) {
      throw new UploadError(
        "unsupported",
        "Several files in one call are only for work items of Azure DevOps. Attach one after another here.",
      );
    }
    const { onProgress } = jobs[0]?.service.settings ?? {};
    const reporting = several ? withTotalProgress(jobs, onProgress) : jobs;
    const attachments = await attachAll(reporting.map((job) => ({ ...job, several: jobs.length > 1 })));
    closeAll(files);
    return attachments;
  } catch (error) {
    closeAll(files, error);
    throw error;
  }
}

/** Attaches files to one item, and links it to them in one revision if it must be linked. */
async function attachAll(jobs: readonly Job[]): Promise<object[]> {
  const [first] = jobs;
  if (!first) return [];
  const { service, protocol, overflow } = first;
  const { traffic, settings } = service;
  const attach = async () => {
    const { once } = settings;
    const before = await Promise.all(jobs.map(attachedBefore));
    const todo = jobs.filter((_, index) => !before[index]);
    const state = await mustTake(todo);
    const made =
      todo.length === 0
        ? []
        : once !== undefined
          ? [await attachOnce(first, once, attachFile)]
          : overflow
            ? [await overflow.attach(first)]
            : await attachFiles(todo);
    if (first.linkTo !== undefined && protocol.link && todo.length > 0) {
      const uploaded = todo.flatMap(({ file }, index) => {
        const attachment = made[index];
        return attachment ? [{ file, attachment }] : [];
      });
      for (const { checkpoint } of todo) await mustBeMine(checkpoint);
      await linkAll(first, protocol.link, uploaded, { state });
    }
    for (const [index, { checkpoint }] of todo.entries()) await checkpoint?.finish(made[index] ?? {});
    const rest = made.values();
    const attachments = before.flatMap((found) => found ?? rest.next().value ?? []);
    return attachments;
  };
  return asGraphError(traffic.items.run(overflow ? overflow.turn : first.turn, attach, settings.signal));
}
