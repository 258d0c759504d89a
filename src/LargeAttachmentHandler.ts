import type { Context } from "@microsoft/microsoft-graph-client";
import { AttachmentHandler } from "./AttachmentHandler.js";
import { composeInstead } from "./messages/composing.js";
import { openBody } from "./content/contentBytes.js";
import type { Recognition } from "./intercept.js";
import type { FileInfo, UploadProtocol } from "./protocol.js";
import { graphProtocols } from "./protocols/index.js";

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
  protected readonly recognition: Recognition = {
    protocols: graphProtocols,
    atMost: (body) => (typeof body === "string" ? body.length : undefined),
    open: openJson,
  };

  override async execute(context: Context): Promise<void> {
    const { next, traffic } = this;
    const composed =
      next && (await composeInstead({ context, next, traffic, settings: () => this.settingsFor(context) }));
    if (!composed) await super.execute(context);
  }
}

/** The file in the JSON of a `fileAttachment` or `taskFileAttachment`. */
function openJson({ options }: Context, protocol: UploadProtocol): ReturnType<Recognition["open"]> {
  const opened = openBody(options!.body as unknown as string);
  if (!opened || !protocol.creates?.(opened.members["@odata.type"])) return undefined;
  const { name, contentType, isInline, contentId } = opened.members as {
    [member in keyof FileInfo]: FileInfo[member] | null;
  };
  const file = {
    contentType: contentType ?? undefined,
    isInline: isInline ?? undefined,
    contentId: contentId ?? undefined,
  };
  return { content: opened.content, file: { name: name ?? "", ...file } };
}
