import type { FileInfo, Step, UploadProtocol, UploadSession } from "../../protocol.js";
import { firstGap } from "../../range.js";
import { below, collectionOf, lastKey, mailboxOf, withQuery } from "./path.js";
import { attachmentId, member, readList, text } from "./reply.js";
import { graphSession, json, type SessionKind } from "./session.js";

/** Standard base64, by the engine where it can. Meant for the small files that one request carries. */
function base64(bytes: Uint8Array): string {
  const native = (bytes as { toBase64?: () => string }).toBase64;
  if (native) return native.call(bytes);
  let binary = "";
  for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(binary);
}

/** What differs between the kinds of attachments that Graph takes by its uploadSession resource. */
export interface GraphAttachments extends SessionKind {
  readonly name: string;
  readonly service: string;
  readonly limits: UploadProtocol["limits"];
  /** Bytes. */
  readonly fileLimit: number;
  readonly rangeSize: number;
  /** Paths of items, see `pathPattern`. */
  readonly items: readonly RegExp[];
  /** `@odata.type` of the attachment, without the leading `#`. */
  readonly type: string;
  /** Added to the collection's URL to list what an item holds without the bytes. */
  readonly listQuery: string;
  /** What travels with the file besides its name and type, in small requests and in answers. */
  details(file: FileInfo): object;
  /** What the service fills in for details that were not given. */
  readonly defaults: object;
  /** Where files go that are too large. */
  readonly overflow?: UploadProtocol["overflow"];
  /** The body of createUploadSession. */
  properties(file: FileInfo): object;
  /** Whether this can be the URL of a session for that collection. */
  uploadsTo(uploadUrl: string, collection: string): boolean;
}

/** Graph's uploadSession resource as Outlook and To Do use it (docs: outlook-large-attachments, todo-attachments). */
export function graphAttachments(kind: GraphAttachments): UploadProtocol {
  const describe = (file: FileInfo) => ({
    "@odata.type": `#${kind.type}`,
    name: file.name,
    ...(file.contentType === undefined ? {} : { contentType: file.contentType }),
    ...kind.details(file),
  });
  const inline = (file: FileInfo, bytes: Uint8Array) => ({ ...describe(file), contentBytes: base64(bytes) });
  const created = ({ file }: UploadSession, { id }: { readonly id: string }) => ({
    "@odata.type": `#${kind.type}`,
    id,
    name: file.name,
    contentType: file.contentType ?? null,
    size: file.size,
    ...kind.defaults,
    ...kind.details(file),
  });
  return {
    ...graphSession(kind),
    name: kind.name,
    service: kind.service,
    limits: kind.limits,
    fileLimit: () => kind.fileLimit,
    rangeSize: kind.rangeSize,
    overflow: kind.overflow,
    collection: (url) => collectionOf(url, kind.items),
    item: lastKey,
    throttle: { most: 4, key: mailboxOf },
    creates: (type) => typeof type === "string" && type.replace(/^#/, "").toLowerCase() === kind.type.toLowerCase(),
    inline,
    post: (collection, file, bytes) => ({
      method: "POST",
      url: collection,
      headers: json,
      body: JSON.stringify(inline(file, bytes)),
      to: "api",
    }),
    createSession: (collection, file) => ({
      method: "POST",
      url: below(collection, "/createUploadSession"),
      headers: json,
      body: JSON.stringify(kind.properties(file)),
      to: "api",
    }),
    opened: ({ uploadUrl, collection }) => kind.uploadsTo(uploadUrl, collection),
    readRange(reply, session): Step | undefined {
      if (reply.status === 201) {
        const location = reply.headers.get("Location");
        const id = attachmentId(location) ?? text(member(reply.body, "id"));
        return {
          done:
            id === undefined ? "unnamed" : { attachment: created(session, { id }), location: location ?? undefined },
        };
      }
      return reply.status < 300 ? firstGap(member(reply.body, "nextExpectedRanges"), session.file.size) : undefined;
    },
    created,
    list: (collection) => ({
      method: "GET",
      url: withQuery(collection, kind.listQuery),
      to: "api",
    }),
    readList,
  };
}
