import type { Reply, RequestKind } from "../api.js";
import type { Call, Context, RequestHead } from "../call.js";
import { readObject } from "../graph/requestBody.js";
import { badRequest, json, methodNotAllowed, refuse } from "../replies.js";
import { timestamp } from "../sessions/session.js";
import { readPrintPath, type PrintRoute } from "./path.js";
import { openPrintSession } from "./session.js";
import type { StoredDocument } from "./store.js";

/** Answers a request to Graph that names a print document; undefined for every other. */
export function answerPrint(context: Context, call: Call): Reply | undefined {
  const { pathname } = new URL(call.head.url);
  const route = readPrintPath(pathname);
  if (!route) return undefined;
  if (context.vary.china) return badRequest("Resource not found for the segment 'print'.");
  const document = findDocument(context, route);
  if (!document) return notFound();
  if (route.target === "document") {
    return call.head.method === "GET" ? json(200, describeDocument(document)) : methodNotAllowed();
  }
  return call.head.method === "POST" ? createSession(context, call, route, document) : methodNotAllowed();
}

/** What such a request is for; undefined for every other. */
export function printKindOf({ method, url }: RequestHead): RequestKind | undefined {
  const route = readPrintPath(new URL(url).pathname);
  if (!route) return undefined;
  if (route.target === "document") return method === "GET" ? "read" : "other";
  return method === "POST" ? "create" : "other";
}

function findDocument({ print }: Context, route: PrintRoute): StoredDocument | undefined {
  const document = print.documents.get(route.document.toLowerCase());
  const through = route.through === "printers" ? document?.printer : document?.share;
  return document?.job === route.job && through === route.id.toLowerCase() ? document : undefined;
}

/** 404 is what a path to nothing gets; its code is a choice. */
const notFound = (): Reply => refuse(404, "NotFound", "The print document was not found.");

/** The entity by its metadata; the bytes cannot be read back (documented). */
export const describeDocument = ({ id, name, contentType, content, uploaded }: StoredDocument): object => ({
  id,
  displayName: name ?? "",
  contentType: contentType ?? "",
  size: content?.length ?? 0,
  downloadedDateTime: null,
  uploadedDateTime: uploaded ?? null,
});

const names = ["documentName", "contentType", "size"];

/** 200 with the whole range (documented); that all else is refused with 400 is a choice. */
function createSession(context: Context, call: Call, route: PrintRoute, document: StoredDocument): Reply {
  const body = readObject(call);
  if ("status" in body) return body;
  const stray = Object.keys(body.value).find((key) => key !== "properties");
  if (stray !== undefined) return badRequest(`The parameter '${stray}' does not exist on createUploadSession.`);
  const { properties } = body.value;
  if (typeof properties !== "object" || properties === null)
    return badRequest("The parameter 'properties' is missing.");
  const unknown = Object.keys(properties).find((key) => !names.includes(key) && !key.startsWith("@odata."));
  if (unknown !== undefined) return badRequest(`The property '${unknown}' does not exist on this type.`);
  const { documentName, contentType, size } = properties as Record<string, unknown>;
  if (typeof documentName !== "string" || documentName === "") return badRequest("documentName is required.");
  if (typeof contentType !== "string" || contentType === "") return badRequest("contentType is required.");
  if (!Number.isSafeInteger(size) || (size as number) < 1) return badRequest("size is required, in bytes above 0.");
  if (document.content && context.vary.printSecondSession === "refuse") {
    return refuse(409, "Conflict", "The document was already uploaded.");
  }
  const path = new URL(call.head.url).pathname.replace(/^\/[^/]+/, "").replace(/\/[^/]+\/?$/, "");
  const file = { document, path, name: documentName, contentType, size: size as number };
  const session = openPrintSession(context, file);
  return json(200, {
    "@odata.context": `${context.graphUrl}${route.version}/$metadata#microsoft.graph.uploadSession`,
    uploadUrl: session.uploadUrl,
    expirationDateTime: timestamp(session.expires),
    nextExpectedRanges: [`0-${session.size - 1}`],
  });
}
