import type { Context } from "@microsoft/microsoft-graph-client";
import { AttachmentHandler } from "./AttachmentHandler.js";
import { lazy } from "../lazy.js";
import type { Given } from "../middlewareOptions.js";
import { mayCompose } from "./recognize.js";

/** @internal The part that uploads to Microsoft Graph. */
export const graphUploads = lazy(() => import("./graph.js"));

/**
 * Middleware that turns `POST {item}/attachments` of a large file into an upload session, so that code which attaches small
 * files also attaches large ones. It comes first in the chain, one instance for each client:
 *
 * ```ts
 * Client.initWithMiddleware({
 *   middleware: [new LargeAttachmentHandler(), ...MiddlewareFactory.getDefaultMiddlewareChain(authProvider)],
 * });
 * ```
 *
 * Options for one request travel as `.middlewareOptions([new LargeAttachmentHandlerOptions({ onProgress })])`.
 */
export class LargeAttachmentHandler extends AttachmentHandler {
  /** @internal */
  protected readonly uploads = graphUploads;

  /** @internal */
  protected override readonly composesMessages = true;

  /** @internal */
  protected override composes(url: string, { options }: Context, given: Given): boolean {
    return mayCompose(url, options?.body, given, () => this.settingsFor(given));
  }
}
