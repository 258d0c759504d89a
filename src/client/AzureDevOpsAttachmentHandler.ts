import { AttachmentHandler } from "./AttachmentHandler.js";
import { later } from "./lazy.js";

const toAzureDevOps = later(() => import("./azureDevOps.js"));

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
  protected readonly uploads = toAzureDevOps;
}
