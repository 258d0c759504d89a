import type { Context } from "@microsoft/microsoft-graph-client";
import { attachTo as attachFilesTo } from "../attach/attachTo.js";
import { openBody } from "../files/contentBytes.js";
import type { Held, Uploads } from "./head.js";
import { composeInstead } from "../messages/composing.js";
import type { FileInfo, UploadProtocol } from "../protocol.js";
import { graphProtocols } from "../protocols/index.js";
import { mayCompose } from "./recognise.js";
import { intercept, type Recognition } from "../attach/intercept.js";

/** All that a client for Microsoft Graph uploads with. */
export const protocols = graphProtocols;

export const attachTo: Uploads["attachTo"] = (request, files) => attachFilesTo(request, protocols, files);

const recognition: Recognition = {
  protocols,
  atMost: (body) => (typeof body === "string" ? body.length : undefined),
  open: openJson,
};

/** What `LargeAttachmentHandler` takes over: attachments, and whole messages with attachments inside or beside them. */
export async function takeOver(held: Held): Promise<void> {
  const composed = mayCompose(held.context, held.settings) && (await composeInstead(held));
  if (!composed) await intercept(held, recognition);
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
