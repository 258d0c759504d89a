import type { GraphRequest } from "@microsoft/microsoft-graph-client";
import { UploadError } from "../errors.js";
import { asGraphError } from "../http/refusal.js";
import { closeAll } from "../files/open.js";
import type { AttachOptions } from "../options.js";
import type { Content } from "../protocol.js";
import type { Job } from "../upload/job.js";
import { attachFile } from "./attachFile.js";
import { attachFiles } from "./attachFiles.js";
import { attachOnce } from "./attachOnce.js";
import { linkAll, mustTake } from "./link.js";
import { attachLink } from "./overflow.js";
import { prepare, type Uploader } from "./prepare.js";
import { withTotalProgress } from "./progress.js";

/** An opened file, and its options. */
export interface OpenedFile {
  readonly content: Content;
  readonly options: AttachOptions;
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
    const told = several ? withTotalProgress(jobs, onProgress) : jobs;
    const attachments = await attachAll(told.map((job) => ({ ...job, several: jobs.length > 1 })));
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
    const state = await mustTake(jobs);
    const { once } = settings;
    const attachments =
      once !== undefined
        ? [await attachOnce(first, once, attachFile)]
        : overflow
          ? [await attachLink(first, overflow)]
          : await attachFiles(jobs);
    if (first.linkTo !== undefined && protocol.link) {
      const uploaded = jobs.flatMap(({ file }, index) => {
        const attachment = attachments[index];
        return attachment ? [{ file, attachment }] : [];
      });
      await linkAll(first, protocol.link, uploaded, { state });
    }
    for (const { checkpoint } of jobs) await checkpoint?.remove();
    return attachments;
  };
  return asGraphError(traffic.items.run(overflow ? overflow.turn : first.turn, attach, settings.signal));
}
