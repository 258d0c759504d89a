import type { Context } from "@microsoft/microsoft-graph-client";
import { attachTo as attachFilesTo } from "../attach/attachTo.js";
import { isBytes } from "../files/bytes.js";
import { openSource } from "../files/open.js";
import type { Held, Uploads } from "./head.js";
import { azureDevOps } from "../protocols/azureDevOps.js";
import { intercept, type Recognition } from "../attach/intercept.js";

/** All that a client for Azure DevOps uploads with. */
export const protocols = [azureDevOps];

export const attachTo: Uploads["attachTo"] = (request, files) => attachFilesTo(request, protocols, files);

const recognition: Recognition = {
  protocols,
  atMost: (body) => (isBytes(body) ? body.byteLength : body instanceof Blob ? body.size : undefined),
  open: openBytes,
};

/** What `AzureDevOpsAttachmentHandler` takes over. */
export function takeOver(held: Held): Promise<void> {
  return intercept(held, recognition);
}

/** The file in a body of bytes; one without a name, or the beginning of somebody's own chunked upload, is to pass. */
function openBytes({ request, options }: Context): ReturnType<Recognition["open"]> {
  const query = new Map(
    [...new URL(request as string).searchParams].map(([name, value]) => [name.toLowerCase(), value]),
  );
  const name = query.get("filename");
  if (!name || query.get("uploadtype")?.toLowerCase() === "chunked") return undefined;
  return { content: openSource(options!.body).content, file: { name } };
}
