// Loaded with the first attachment of a client for Azure DevOps.
import type { Context } from "@microsoft/microsoft-graph-client";
import { attachGiven as attachFiles, attachTo as attachOpened } from "../attach/attachTo.js";
import { intercept, joinSignals, type RecognizedRequest, type Recognition } from "../attach/intercept.js";
import { isBytes } from "../files/bytes.js";
import { openSource } from "../files/open.js";
import { urlOf } from "../http/chain.js";
import { isOwn } from "../http/ownContext.js";
import type { Part } from "../middlewareOptions.js";
import { azureDevOps } from "../protocols/azureDevOps.js";
import type { Uploads } from "./handlerState.js";

export { explain } from "../protocols/azureDevOps.js";

const protocols = [azureDevOps];

export const placesFor = () => ({ protocols });

const recognition: Recognition = {
  protocols,
  atMost: (body) => (isBytes(body) ? body.byteLength : body instanceof Blob ? body.size : undefined),
  open: openBytes,
};

/** Takes over attachments. */
export async function takeOver(request: RecognizedRequest): Promise<void> {
  const { context, next } = request;
  return isOwn(context) ? next.execute(context) : intercept(joinSignals(request), recognition);
}

/** Opens a body of bytes. One without a name, or the beginning of the caller's own chunked upload, passes. */
function openBytes(context: Context): Part | undefined {
  const parameters = [...new URL(urlOf(context)).searchParams];
  const query = new Map(parameters.map(([name, value]) => [name.toLowerCase(), value]));
  const name = query.get("filename");
  if (!name || query.get("uploadtype")?.toLowerCase() === "chunked") return undefined;
  return { content: openSource(context.options?.body), file: { name } };
}

export const attachTo: Uploads["attachTo"] = (request, files, several, defaults) =>
  attachOpened(request, { placesFor, defaults }, files, several);

export const attachGiven: Uploads["attachGiven"] = (request, given) => attachFiles(request, placesFor, given);
