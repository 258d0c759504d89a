import type { Context } from "@microsoft/microsoft-graph-client";
import { AttachmentHandler } from "./AttachmentHandler.js";
import { isBytes } from "./content/bytes.js";
import { openSource } from "./content/content.js";
import type { Recognition } from "./intercept.js";
import { azureDevOps } from "./protocols/azureDevOps.js";

/**
 * Middleware that turns `POST …/_apis/wit/attachments?fileName=…` of many bytes into Azure DevOps' chunked upload, and
 * answers `{ id, url }` as the POST would have. First in the chain of a client for Azure DevOps: `createAzureDevOpsClient`
 * makes one. Give the bytes as a `Buffer`, a `Blob` or an `ArrayBuffer`: of other views, the Graph client sends the whole
 * buffer behind them.
 *
 * Options for one request travel as `.middlewareOptions([new AzureDevOpsAttachmentHandlerOptions({ onProgress })])`.
 */
export class AzureDevOpsAttachmentHandler extends AttachmentHandler {
  /** @internal */
  protected readonly recognition: Recognition = {
    protocols: [azureDevOps],
    atMost: (body) => (isBytes(body) ? body.byteLength : body instanceof Blob ? body.size : undefined),
    open: openBytes,
  };
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
