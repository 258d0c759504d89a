import type { Context } from "@microsoft/microsoft-graph-client";
import { AttachmentHandler } from "./AttachmentHandler.js";
import { later } from "./lazy.js";
import { mayCompose } from "./recognise.js";

/** What uploads through a client for Microsoft Graph; it is loaded when this is first called. */
export const toGraph = later(() => import("./graph.js"));

/**
 * Middleware that turns `POST {item}/attachments` of a large file into an upload session, so that code which attaches
 * small files attaches large ones. It stands first in the chain, one instance for each client:
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
  protected readonly uploads = toGraph;

  /** @internal */
  protected override composes(context: Context): boolean {
    return mayCompose(context, () => this.settingsFor(context));
  }
}
