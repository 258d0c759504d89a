import type { Client, GraphRequest, Middleware } from "@microsoft/microsoft-graph-client";
import { teach, withAttachments } from "./attachedFiles.js";
import { AttachmentHandler } from "./AttachmentHandler.js";
import type { AttachmentSource } from "./content.js";
import { deliver } from "./deliver.js";
import { asGraphError, UploadError } from "./errors.js";
import { LargeAttachmentHandler } from "./LargeAttachmentHandler.js";
import { link } from "./link.js";
import type { UploadOptions } from "./options.js";
import { postWhole } from "./post.js";
import { prepare, type AttachOptions, type Prepared } from "./prepare.js";
import type { Reply } from "./protocol.js";
import type { UploadPlan } from "./session.js";

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

/** One of several files, with what differs from the others. */
export type FileToAttach = AttachmentSource | ({ readonly file: AttachmentSource } & Pick<AttachOptions, FileOptions>);
type FileOptions = "name" | "contentType" | "isInline" | "contentId" | "comment" | "size" | "onProgress";

declare module "@microsoft/microsoft-graph-client" {
  interface GraphRequest {
    /**
     * Attaches a file of any size to the message, event or task at this URL, or to its `attachments`: by one POST up to
     * the threshold, by an upload session above it. Needs `withLargeAttachments(client)`.
     *
     * Rejects with the client's `GraphError` for what the service refuses, with an `UploadError` for what cannot be
     * done, and with the signal's reason for an abort.
     */
    attach<T = CreatedAttachment>(file: AttachmentSource, options?: AttachOptions): Promise<T>;
    /** Attaches several files to a work item of Azure DevOps, in one revision. */
    attach<T = CreatedReference>(files: readonly FileToAttach[], options?: AttachOptions): Promise<T[]>;
  }
}

/** What `client.api(url).attach(…)` does. */
async function attach(
  this: GraphRequest,
  file: AttachmentSource | readonly FileToAttach[],
  options?: AttachOptions,
): Promise<object | object[]> {
  if (!Array.isArray(file)) return (await attachAll([await prepare(this, file, options)]))[0]!;
  const each = (file as readonly FileToAttach[]).map((one) => ("file" in one ? one : { file: one }));
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
      const uploaded = [];
      for (const { plan: one } of all) uploaded.push({ file: one.file, attachment: await attachOne(one) });
      if (plan.linkTo) await link(plan.service, plan.linkTo, uploaded);
      return uploaded.map(({ attachment }) => attachment);
    },
    plan.service.settings.signal,
  );
  work.catch((error: unknown) => all.forEach((one) => one.plan.content.close(error)));
  return asGraphError(work);
}

async function attachOne(plan: UploadPlan): Promise<object> {
  const { protocol } = plan.service;
  const troubleOf = async (reply: Reply) => (reply.status < 300 ? undefined : protocol.trouble(reply));
  const result = await deliver({ plan, post: () => postWhole(plan), troubleOf });
  return "created" in result ? result.created.attachment : posted(result.posted, plan);
}

function posted(reply: Reply, { file, service }: UploadPlan): object {
  const { body } = reply;
  if (service.protocol.trouble(reply) !== "unsure") throw service.refusal(reply);
  if (typeof body !== "object" || body === null) {
    const message = `${service.protocol.service} has taken the file, but its reply was cut before it named the attachment.`;
    throw new UploadError("uncertain", message);
  }
  const { contentBytes: _, ...attachment } = body as Record<string, unknown>;
  service.settings.onProgress?.({ loaded: file.size, total: file.size });
  return attachment;
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
