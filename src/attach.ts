import type { Client, GraphRequest, Middleware } from "@microsoft/microsoft-graph-client";
import { teach, withAttachments } from "./messages/attachedFiles.js";
import { attachFiles } from "./attaching/attachFiles.js";
import { AttachmentHandler } from "./AttachmentHandler.js";
import type { AttachmentSource, RandomAccessFile } from "./content/content.js";
import { asGraphError, UploadError } from "./errors.js";
import { LargeAttachmentHandler } from "./LargeAttachmentHandler.js";
import { link } from "./attaching/link.js";
import type { UploadOptions } from "./options.js";
import { detailed, prepare, type AttachOptions, type FileToAttach, type Prepared } from "./prepare.js";
import { shareInstead } from "./messages/shareInstead.js";

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

/** What `client.api(url).attach(…)` does. */
async function attach(
  this: GraphRequest,
  file: AttachmentSource | readonly FileToAttach[],
  options?: AttachOptions,
): Promise<object | object[]> {
  if (!Array.isArray(file)) return (await attachAll([await prepare(this, file, options)]))[0]!;
  const each = (file as readonly FileToAttach[]).map(detailed);
  const all = [];
  for (const { file: source, ...own } of each) all.push(await prepare(this, source, { ...options, ...own }));
  if (!all.every(({ plan }) => plan.linkTo)) {
    throw new UploadError(
      "unsupported",
      "Several files in one call are for work items of Azure DevOps: attach one after another here.",
    );
  }
  return attachAll(all);
}

/** Attaches files to one item, and where it has to be told of them, does so in one revision. */
async function attachAll(all: readonly Prepared[]): Promise<object[]> {
  const [first] = all;
  if (!first) return [];
  const { plan, queue, key } = first;
  const work = queue.run(
    key,
    async () => {
      const attachments = first.sharing
        ? [await shareInstead({ ...first.sharing, plan })]
        : await attachFiles(all.map((one) => one.plan));
      const uploaded = attachments.map((attachment, index) => ({ file: all[index]!.plan.file, attachment }));
      if (plan.linkTo) await link(plan.service, plan.linkTo, uploaded);
      for (const { plan: one } of all) await one.checkpoint?.remove();
      return attachments;
    },
    plan.service.settings.signal,
  );
  work.catch((error: unknown) => all.forEach((one) => one.plan.content.close(error)));
  return asGraphError(work);
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
