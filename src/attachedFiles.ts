import type { Client, GraphRequest, GraphRequestCallback, Middleware } from "@microsoft/microsoft-graph-client";
import { AttachmentHandler } from "./AttachmentHandler.js";
import { openSource, type AttachmentSource } from "./content.js";
import { UploadError } from "./errors.js";
import type { Part } from "./letter.js";
import type { UploadOptions } from "./options.js";

/** One of several files, with what is said of it alone. */
export interface FileWithDetails {
  readonly file: AttachmentSource;
  /** File name as people see it. Taken from a `File`. */
  readonly name?: string;
  /** Media type. Taken from a `Blob`, `File` or `Response`. */
  readonly contentType?: string;
  readonly isInline?: boolean;
  /** What `<img src="cid:…">` in the body names it. */
  readonly contentId?: string;
  /** Bytes; needed for streams, async iterables and responses that do not tell. */
  readonly size?: number;
}

/** Middleware option: files that go with a POST, beside its body. */
export class AttachedFiles {
  constructor(
    readonly files: readonly Part[],
    readonly options: UploadOptions,
  ) {}
}

declare module "@microsoft/microsoft-graph-client" {
  interface GraphRequest {
    /**
     * Files for the message or event that the `post` after this creates or sends: they travel beside its body, never as
     * base64 where they are large. For `sendMail`, `messages`, `reply`, `replyAll`, `forward`, their `create…` forms, and
     * `events`. Needs `withLargeAttachments(client)`, and, where the files do not fit into one request, the permission
     * `Mail.ReadWrite` (or `Calendars.ReadWrite`).
     *
     * Throws an `UploadError` for files that cannot be attached; nothing is sent then.
     */
    withAttachments(files: readonly (AttachmentSource | FileWithDetails)[], options?: UploadOptions): GraphRequest;
  }
}

/** What `client.api(url).withAttachments(files, options)` does. */
export function withAttachments(
  this: GraphRequest,
  files: readonly (AttachmentSource | FileWithDetails)[],
  options: UploadOptions = {},
): GraphRequest {
  const { middleware } = this["httpClient"] as { middleware: Middleware };
  if (!(middleware instanceof AttachmentHandler)) {
    throw new UploadError(
      "invalid",
      "withAttachments needs withLargeAttachments(client) first, or a LargeAttachmentHandler at the head of the chain.",
    );
  }
  const attached = new AttachedFiles(files.map(partOf), options);
  const post = Object.getPrototypeOf(this).post as GraphRequest["post"];
  // middlewareOptions(…) replaces what was there: these are added when the request is sent
  this.post = (content: unknown, callback?: GraphRequestCallback) => {
    const given = this["_middlewareOptions"] as object[];
    this.middlewareOptions([...given, attached] as Parameters<GraphRequest["middlewareOptions"]>[0]);
    return post.call(this, content, callback);
  };
  return this;
}

function partOf(one: AttachmentSource | FileWithDetails): Part {
  const { file, ...said } = typeof one === "object" && one !== null && "file" in one ? one : { file: one };
  const { name, contentType, isInline, contentId, size } = said as Omit<FileWithDetails, "file">;
  const source = openSource(file, size);
  return {
    content: source.content,
    file: { name: name ?? source.name ?? "", contentType: contentType ?? source.type, isInline, contentId },
  };
}

/** Gives the requests of a client methods; those of other clients made by the same copy of the Graph client get them too. */
export function teach<C extends Client>(client: C, methods: Readonly<Record<string, unknown>>): C {
  const requests = Object.getPrototypeOf(client.api("/")) as GraphRequest;
  for (const [name, value] of Object.entries(methods)) {
    Object.defineProperty(requests, name, { value, configurable: true, writable: true });
  }
  return client;
}
