import { AttachmentHandler } from "./AttachmentHandler.js";
import { lazy } from "../lazy.js";

/** @internal The part that uploads to Azure DevOps. */
export const azureDevOpsUploads = lazy(() => import("./azureDevOps.js"));

/**
 * Middleware that turns `POST …/_apis/wit/attachments?fileName=…` of many bytes into a chunked upload of Azure DevOps, and
 * returns `{ id, url }` as the POST would. It comes first in the chain of a client for Azure DevOps, which
 * `createAzureDevOpsClient` creates. Give the bytes as a `Buffer`, a `Blob` or an `ArrayBuffer`: for other views, the Graph
 * client sends the whole buffer behind them.
 *
 * Options for one request travel as `.middlewareOptions([new AzureDevOpsAttachmentHandlerOptions({ onProgress })])`.
 */
export class AzureDevOpsAttachmentHandler extends AttachmentHandler {
  /** @internal */
  protected readonly uploads = azureDevOpsUploads;
}
