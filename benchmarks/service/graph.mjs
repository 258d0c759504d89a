const RANGE = /(\d+)-(\d+)\/(\d+)$/;
/** An item lists only its newest attachments. */
const LISTED = 5;

/** Sessions by the number in their URLs: collection, file name and offset. */
const sessions = new Map();
/** Attachments by collection. */
const attachments = new Map();
let count = 0;

/** Upload sessions of Outlook and drives, and the list of attachments. Only a complete range counts. */
export function graph({ request, headers, origin, uploads, body }) {
  const { url, method } = request;
  const path = url.split("?")[0];
  if (method === "POST" && path.endsWith("/createUploadSession")) return opened(path, uploads, body);
  const session = path.startsWith("/sessions/") ? path.split("/")[3] : undefined;
  if (method === "PUT") return range(session, path, headers["content-range"] ?? "", origin);
  if (method === "DELETE") sessions.delete(session);
  if (method === "GET" && session) {
    const known = sessions.get(session);
    return known ? { status: 200, body: { nextExpectedRanges: [`${known.offset}-`] } } : { status: 404, body: GONE };
  }
  if (method === "GET") return { status: 200, body: { value: attachments.get(path) ?? [] } };
  return method === "POST" ? { status: 201, body: { id: "1", name: "file", size: 1 } } : { status: 204 };
}

const GONE = { error: { code: "itemNotFound", message: "There is no such session." } };

function opened(path, origin, body) {
  const attached = path.includes("/attachments/");
  const id = `s${++count}`;
  const name = /"name":"([^"]*)"/.exec(body)?.[1];
  sessions.set(id, { collection: path.slice(0, -"/createUploadSession".length), name, offset: 0 });
  const expirationDateTime = new Date(Date.now() + 86_400_000).toISOString();
  const uploadUrl = `${origin}/sessions/${attached ? "attachmentSessions" : "drive"}/${id}`;
  return { status: attached ? 201 : 200, body: { uploadUrl, expirationDateTime, nextExpectedRanges: ["0-"] } };
}

function range(id, path, contentRange, origin) {
  const drive = path.startsWith("/sessions/drive/");
  const [start, last, total] = RANGE.exec(contentRange)?.slice(1).map(Number) ?? [];
  if (total === undefined) return { status: 400, body: { error: { code: "x", message: "no Content-Range" } } };
  const session = sessions.get(id);
  if (session && session.offset !== start)
    return { status: 416, body: { error: { code: "x", message: "wrong range" } } };
  if (session) session.offset = last + 1;
  if (last + 1 < total) return { status: drive ? 202 : 200, body: { nextExpectedRanges: [`${last + 1}-`] } };
  sessions.delete(id);
  if (drive) return { status: 201, body: { id: "1", name: "file", size: total, file: {} } };
  const created = { id: `a${++count}`, name: session?.name ?? "file" };
  const collection = session?.collection ?? "/v1.0/me/messages/1/attachments";
  attachments.set(collection, [...(attachments.get(collection) ?? []), created].slice(-LISTED));
  return { status: 201, headers: { Location: `${origin}${collection}/${created.id}` } };
}
