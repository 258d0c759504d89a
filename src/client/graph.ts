// Loaded with the first attachment of a client for Microsoft Graph.
import type { Context } from "@microsoft/microsoft-graph-client";
import { attachTo as attachFilesTo } from "../attach/attachTo.js";
import { intercept, type InterceptedRequest, type Recognition } from "../attach/intercept.js";
import { explainMistake, mustBeMeant } from "../attach/mistakes.js";
import { openBody } from "../files/contentBytes.js";
import { isOwn } from "../http/ownContext.js";
import { member } from "../json.js";
import { composeInstead } from "../messages/composing.js";
import { infoIn } from "../messages/letter.js";
import type { Part } from "../options.js";
import type { Protocol } from "../protocol.js";
import { graphProtocols } from "../protocols/index.js";
import type { Uploads } from "./handlerState.js";
import { mayCompose } from "./recognize.js";

export const protocols = graphProtocols;

const recognition: Recognition = {
  protocols,
  atMost: (body) => (typeof body === "string" ? body.length : undefined),
  open: openJson,
};

/** Takes over attachments, and whole messages with attachments inside or next to them. */
export async function takeOver(request: InterceptedRequest): Promise<void> {
  if (isOwn(request.context)) return request.next.execute(request.context);
  mustBeMeant(request);
  const composed = mayCompose(request.context, request.settings) && (await composeInstead(request));
  if (composed) return;
  await intercept(request, recognition);
  await explainMistake(request.context);
}

/** Opens the JSON of a `fileAttachment` or `taskFileAttachment`. */
function openJson({ options }: Context, { post }: Protocol): Part | undefined {
  const body: unknown = options?.body;
  const opened = typeof body === "string" ? openBody(body) : undefined;
  if (!opened || !post?.inline?.creates(member(opened.members, "@odata.type"))) return undefined;
  return { content: opened.content, file: infoIn(opened.members) };
}

export const attachTo: Uploads["attachTo"] = (request, files, several, defaults) =>
  attachFilesTo(request, { protocols, defaults }, files, several);
