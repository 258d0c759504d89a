import type { GraphRequest } from "@microsoft/microsoft-graph-client";
import { asGraphError } from "../http/refusal.js";
import { UploadError } from "../errors.js";
import type { OpenedFile } from "../fileToAttach.js";
import { shareInstead } from "./overflow.js";
import type { UploadProtocol } from "../protocol.js";
import { prepare, type Prepared } from "./prepare.js";
import { attachFiles } from "./attachFiles.js";
import { link } from "./link.js";

/** Attaches a file to what a request is about, or several to a work item, in one revision. */
export async function attachTo(
  request: GraphRequest,
  protocols: readonly UploadProtocol[],
  files: OpenedFile | readonly OpenedFile[],
): Promise<object | object[]> {
  if ("source" in files) return (await attachAll([await prepare(request, protocols, files)]))[0]!;
  const all = [];
  for (const file of files) all.push(await prepare(request, protocols, file));
  if (all.every(({ plan }) => plan.linkTo)) return attachAll(all);
  throw new UploadError(
    "unsupported",
    "Several files in one call are for work items of Azure DevOps: attach one after another here.",
  );
}

/** Attaches files to one item, and where it has to be told of them, does so in one revision. */
async function attachAll(all: readonly Prepared[]): Promise<object[]> {
  const [first] = all;
  if (!first) return [];
  const { plan, queue, key } = first;
  const work = queue.run(
    key,
    async () => {
      const attachments = first.sharing
        ? [await shareInstead({ ...first.sharing, plan })]
        : await attachFiles(all.map((one) => one.plan));
      const uploaded = attachments.map((attachment, index) => ({ file: all[index]!.plan.file, attachment }));
      if (plan.linkTo) await link(plan.service, plan.linkTo, uploaded);
      for (const { plan: one } of all) await one.checkpoint?.remove();
      return attachments;
    },
    plan.service.settings.signal,
  );
  work.catch((error: unknown) => all.forEach((one) => one.plan.content.close(error)));
  return asGraphError(work);
}
