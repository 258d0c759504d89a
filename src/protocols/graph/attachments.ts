import type { FileInfo } from "../../file.js";
import { member, text } from "../../json.js";
import type {
  InlineFile,
  ListProtocol,
  PostProtocol,
  Protocol,
  Reply,
  SessionProtocol,
  Target,
} from "../../protocol.js";
import { firstGap } from "../../range.js";
import type { Step, UploadSession } from "../../uploadSession.js";
import { item } from "./item.js";
import { below, collectionOf, lastKey, mailboxOf, withQuery } from "./path.js";
import { attachmentId, mayAppear, type Advice } from "./reply.js";
import { graphApi, graphSession } from "./session.js";

/** The differences between the kinds of attachments that Graph takes by its uploadSession resource. */
export interface AttachmentKind extends Advice {
  readonly name: string;
  readonly label: string;
  readonly limits: SessionProtocol["limits"];
  /** Bytes. */
  readonly fileLimit: number;
  readonly rangeSize: number;
  /** Paths of items, see `pathPattern`. */
  readonly items: readonly RegExp[];
  /** `@odata.type` of the attachment, without the leading `#`. */
  readonly type: string;
  /** Query that lists what an item holds without the bytes. */
  readonly listQuery: string;
  /** Metadata besides name and type, in small requests and in answers. */
  details(file: FileInfo): object;
  /** Values that the service fills in for details that were not given. */
  readonly defaults: object;
  readonly refuses?: Target["refuses"];
  /** Query that lists content ids as well. Absent if attachments have none. */
  readonly markedQuery?: string;
  /** Where files over the limit go. */
  readonly overflow?: Target["overflow"];
  /** The body of createUploadSession. */
  properties(file: FileInfo): object;
  /** Checks that a URL can be the upload URL of a session for that collection. */
  uploadsTo(uploadUrl: string, collection: string): boolean;
  /** Appended to the upload URL to send ranges. */
  readonly rangeSuffix?: string;
  /** Whose URL the upload URL is. */
  readonly rangesTo: "api" | "upload";
}

/** A protocol for attachments in JSON, with all the parts that such protocols have. */
export interface AttachmentProtocol extends Protocol {
  readonly post: PostProtocol & { readonly inline: InlineFile };
  readonly list: ListProtocol;
}

/** A mailbox takes four requests at the same time, and 150 MB in 5 minutes (docs: throttling-limits, Outlook service). */
const ALLOWANCE = { bytes: 157_286_400, window: 300_000 };

/** Graph's uploadSession resource as Outlook and To Do use it (docs: outlook-large-attachments, todo-attachments). */
export function graphAttachments(kind: AttachmentKind): AttachmentProtocol {
  const type = `#${kind.type}`;
  const inline: InlineFile = {
    // Outlook's own API, which Graph grew from, writes the older namespace
    creates: (given) =>
      text(given)
        ?.toLowerCase()
        .replace(/^#?(microsoft\.outlookservices\.)?/, (_, older) => (older ? "microsoft.graph." : "")) ===
      kind.type.toLowerCase(),
    write: (file, bytes) => ({
      "@odata.type": type,
      name: file.name,
      ...(file.contentType === undefined ? {} : { contentType: file.contentType }),
      ...kind.details(file),
      contentBytes: new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length), // a Buffer has a toJSON of its own
    }),
    read: (collection, id) => ({ method: "GET", url: below(collection, `/${encodeURIComponent(id)}`), to: "api" }),
  };
  const created = (file: FileInfo, id: string) => ({
    "@odata.type": type,
    id,
    name: file.name,
    contentType: file.contentType ?? null,
    size: file.size,
    ...kind.defaults,
    ...kind.details(file),
  });
  const read = (reply: Reply, { file }: UploadSession): Step | undefined => {
    if (reply.status !== 201) {
      return reply.status < 300 ? firstGap(member(reply.body, "nextExpectedRanges"), file.size) : undefined;
    }
    const location = reply.headers.get("Location");
    const id = attachmentId(location) ?? text(member(reply.body, "id"));
    if (id === undefined) return { done: "unnamed" };
    return { done: { attachment: created(file, id), location: location ?? undefined } };
  };
  return {
    name: kind.name,
    api: { ...graphApi(kind.label, kind, { most: 4, lane: mailboxOf, allowance: ALLOWANCE }), mayAppear },
    target: {
      collection: (url) => collectionOf(url, kind.items),
      fileLimit: () => kind.fileLimit,
      item: lastKey,
      refuses: kind.refuses,
      overflow: kind.overflow,
    },
    session: {
      ...graphSession(kind.rangesTo, kind.rangeSuffix),
      limits: kind.limits,
      rangeSize: kind.rangeSize,
      create: (collection, file) => item.create(below(collection, "/createUploadSession"), kind.properties(file)),
      owns: ({ uploadUrl, collection }) => kind.uploadsTo(uploadUrl, collection),
      read,
    },
    post: {
      request: (collection, file, bytes) => item.create(collection, inline.write(file, bytes)),
      inline,
    },
    list: {
      ...(kind.markedQuery === undefined
        ? {}
        : {
            marked: (collection: string) => ({
              method: "GET",
              url: withQuery(collection, kind.markedQuery ?? ""),
              to: "api",
            }),
          }),
      request: (collection) => ({ method: "GET", url: withQuery(collection, kind.listQuery), to: "api" }),
      read({ status, body }, file) {
        const value = member(body, "value");
        if (status !== 200 || !Array.isArray(value)) return undefined;
        const items = value.map((entry) => {
          const id = text(member(entry, "id")) ?? "";
          const contentId = text(member(entry, "contentId"));
          return { id, name: text(member(entry, "name")) ?? "", contentId, attachment: created(file, id) };
        });
        return { items, next: text(member(body, "@odata.nextLink")) };
      },
    },
  };
}
