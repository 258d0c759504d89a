import type { Reply } from "../api.js";
import type { GraphCall } from "../call.js";
import type { Context } from "../context.js";
import { readObject, strayIn } from "../graph/requestBody.js";
import { badRequest, empty, json, methodNotAllowed, refuse } from "../replies.js";
import { addressIn, timestamp } from "../uploadSession.js";
import type { PrintRoute } from "./routes.js";
import { openPrintSession } from "./session.js";
import type { StoredDocument } from "./store.js";

type PrintCall = GraphCall<PrintRoute>;

/** Answers a request to Graph that names a print document. */
export function answerPrint(context: Context, call: PrintCall): Reply {
  if (context.vary.china) return badRequest("Resource not found for the segment 'print'.");
  if (call.route.target === "jobs") return createJob(context, call);
  if (call.route.target === "cancel") return cancelJob(context, call);
  const document = findDocument(context, call.route);
  if (!document) return notFound();
  if (call.route.target === "document") {
    return call.head.method === "GET" ? json(200, describeDocument(document)) : methodNotAllowed();
  }
  return call.head.method === "POST" ? createSession(context, call, document) : methodNotAllowed();
}

/** Answers 201 with a new job and its document (documented). It waits until somebody starts it. */
function createJob({ print }: Context, { head, route }: PrintCall): Reply {
  if (head.method !== "POST") return methodNotAllowed();
  const document = print.addDocument();
  if (!isThrough(route, document)) {
    print.removeJob(document.job);
    return notFound();
  }
  const status = { state: "paused", isAcquiredByPrinter: false };
  return json(201, { id: document.job, status, documents: [describeDocument(document)] });
}

/** Answers 204 (documented). The emulator forgets the job, and keeps no list of those that were cancelled. */
function cancelJob({ print }: Context, { head, route }: PrintCall): Reply {
  if (head.method !== "POST") return methodNotAllowed();
  const there = [...print.documents.values()].some(({ job }) => job === route.keys.job);
  if (!there) return notFound();
  print.removeJob(route.keys.job!);
  return empty(204);
}

const isThrough = ({ keys }: PrintRoute, { printer, share }: StoredDocument): boolean =>
  (keys.through === "printers" ? printer : share) === keys.id!.toLowerCase();

function findDocument({ print }: Context, route: PrintRoute): StoredDocument | undefined {
  const { keys } = route;
  const document = print.documents.get(keys.document!.toLowerCase());
  return document?.job === keys.job && document && isThrough(route, document) ? document : undefined;
}

/** The document does not exist. The code is a choice. */
const notFound = (): Reply => refuse(404, "NotFound", "The print document was not found.");

/** Describes a document by its metadata. Clients cannot read the bytes back (documented). */
const describeDocument = ({ id, name, contentType, content, uploaded }: StoredDocument): object => ({
  id,
  displayName: name ?? "",
  contentType: contentType ?? "",
  size: content?.length ?? 0,
  downloadedDateTime: null,
  uploadedDateTime: uploaded ?? null,
});

const names = ["documentName", "contentType", "size"];

/** Answers 200 with the whole range (documented). Refusing everything else with 400 is a choice. */
function createSession(context: Context, call: PrintCall, document: StoredDocument): Reply {
  const body = readObject(call);
  if ("status" in body) return body;
  const stray = strayIn(body.value, ["properties"]);
  if (stray !== undefined) return badRequest(`The parameter '${stray}' does not exist on createUploadSession.`);
  const { properties } = body.value;
  if (typeof properties !== "object" || properties === null)
    return badRequest("The parameter 'properties' is missing.");
  const unknown = strayIn(properties, names);
  if (unknown !== undefined) return badRequest(`The property '${unknown}' does not exist on this type.`);
  const { documentName, contentType, size } = properties as Record<string, unknown>;
  if (typeof documentName !== "string" || documentName === "") return badRequest("documentName is required.");
  if (typeof contentType !== "string" || contentType === "") return badRequest("contentType is required.");
  if (!Number.isSafeInteger(size) || (size as number) < 1) return badRequest("size is required, in bytes above 0.");
  if (document.content && context.vary.printSecondSession === "refuse") {
    return refuse(409, "Conflict", "The document was already uploaded.");
  }
  const path = addressIn(call.head.url);
  const file = { document, path, name: documentName, contentType, size: size as number };
  const session = openPrintSession(context, file);
  return json(200, {
    "@odata.context": `${context.graphUrl}${call.route.version}/$metadata#microsoft.graph.uploadSession`,
    uploadUrl: session.uploadUrl,
    expirationDateTime: timestamp(session.expires),
    nextExpectedRanges: [`0-${session.size - 1}`],
  });
}
