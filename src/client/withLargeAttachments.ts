import type { Client, GraphRequest, Middleware } from "@microsoft/microsoft-graph-client";
import { AttachmentHandler } from "./AttachmentHandler.js";
import { openSource, type AttachmentSource, type RandomAccessFile } from "../files/open.js";
import { detailed, type AttachOptions, type FileToAttach } from "../fileToAttach.js";
import { firstOf, headOf, type Uploads } from "./head.js";
import { LargeAttachmentHandler, toGraph } from "./LargeAttachmentHandler.js";
import { teach, withAttachments } from "./attachedFiles.js";
import type { UploadOptions } from "../options.js";

/** An attachment that was made: assignable to `FileAttachment` and `TaskFileAttachment` of `@microsoft/microsoft-graph-types`. */
export interface CreatedAttachment {
  "@odata.type": string;
  id: string;
  name: string;
  contentType: string | null;
  /** Bytes; as Outlook counts them it may be more than the file has. */
  size: number;
  isInline?: boolean;
  contentId?: string | null;
  lastModifiedDateTime?: string;
}

/** A file of Azure DevOps: what a work item links to. */
export interface CreatedReference {
  id: string;
  url: string;
}

declare module "@microsoft/microsoft-graph-client" {
  interface GraphRequest {
    /**
     * Attaches a file of any size to the message, event or task at this URL, or to its `attachments`, or uploads it to the
     * file or folder of a drive or the print document there: by one request up to the threshold, by an upload session above
     * it. Needs `withLargeAttachments(client)`.
     *
     * Rejects with the client's `GraphError` for what the service refuses, with an `UploadError` for what cannot be
     * done, and with the signal's reason for an abort.
     */
    attach<T = CreatedAttachment>(file: RandomAccessFile, options?: AttachOptions): Promise<T>;
    attach<T = CreatedAttachment>(file: AttachmentSource, options?: AttachOptions): Promise<T>;
    /** Attaches several files to a work item of Azure DevOps, in one revision. */
    attach<T = CreatedReference>(files: readonly FileToAttach[], options?: AttachOptions): Promise<T[]>;
    /**
     * Files for the message or event that the `post` after this creates or sends: they travel beside its body, never as
     * base64 where they are large. For `sendMail`, `messages`, `reply`, `replyAll`, `forward`, their `create…` forms, and
     * `events`. Needs `withLargeAttachments(client)`, and, where the files do not fit into one request, the permission
     * `Mail.ReadWrite` (or `Calendars.ReadWrite`). Also for messages to chats and channels of Teams: their files go to a
     * drive, and the people of a chat are let open them; this needs `Files.ReadWrite.All`.
     *
     * Throws an `UploadError` for files that cannot be attached; nothing is sent then.
     */
    withAttachments(files: readonly FileToAttach[], options?: UploadOptions): GraphRequest;
  }
}

/** What `client.api(url).attach(…)` does. Files are opened at once, for a stream may fail before anybody reads it. */
async function attach(
  this: GraphRequest,
  file: AttachmentSource | readonly FileToAttach[],
  options: AttachOptions = {},
): Promise<object | object[]> {
  const open = ({ file: source, ...own }: ReturnType<typeof detailed>) => {
    const asked = { ...options, ...own };
    return { source: openSource(source, asked.size), options: asked };
  };
  const several = Array.isArray(file);
  const files = several
    ? (file as readonly FileToAttach[]).map((one) => open(detailed(one)))
    : [open({ file: file as AttachmentSource })];
  const close = (error: unknown) => files.forEach(({ source }) => source.content.close(error));
  const uploads = Promise.resolve(uploadsOf(this, options.signal));
  uploads.catch(close);
  const { attachTo } = await uploads;
  return attachTo(this, several ? files : files[0]!);
}

function uploadsOf(owner: Client | GraphRequest, signal?: AbortSignal): Uploads | Promise<Uploads> {
  return (headOf(firstOf(owner))?.uploads ?? toGraph)(signal);
}

/**
 * Teaches an existing Graph client large attachments: intercepts its POSTs as `LargeAttachmentHandler` does, and gives its
 * requests `attach`. Returns the same client; a second call only sets the defaults anew.
 */
export function withLargeAttachments<C extends Client>(client: C, options: UploadOptions = {}): C {
  const chain = client["httpClient"] as { middleware: Middleware };
  if (chain.middleware instanceof AttachmentHandler) chain.middleware.configure(options);
  else {
    const handler = new LargeAttachmentHandler(options);
    handler.setNext(chain.middleware);
    chain.middleware = handler;
  }
  return teach(client, { attach, withAttachments });
}

/** Gives the requests of a client `attach`. */
export function withAttach<C extends Client>(client: C): C {
  return teach(client, { attach });
}

/**
 * Loads now what a client would load with its first attachment: for a page that is to attach when it is offline for a
 * moment, or long after it was opened, when the files that it was built into may be gone. Rejects with an `UploadError`
 * of code `notLoaded`.
 */
export async function preload(client: Client): Promise<void> {
  await uploadsOf(client);
}
