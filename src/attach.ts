import type { Client, GraphRequest, Middleware } from "@microsoft/microsoft-graph-client";
import { openSource, type AttachmentSource } from "./content.js";
import { deliver } from "./deliver.js";
import { asGraphError, Refusal, UploadError } from "./errors.js";
import { LargeAttachmentHandler } from "./LargeAttachmentHandler.js";
import { LargeAttachmentHandlerOptions, settings, type UploadOptions } from "./options.js";
import { planOf } from "./plan.js";
import { postWhole } from "./post.js";
import type { Reply } from "./protocol.js";
import { protocolFor } from "./protocols/index.js";
import { Queue } from "./queue.js";
import { callOf } from "./transport.js";
import type { UploadPlan } from "./session.js";

/** What is said of a file that is attached, and how it is uploaded. What the file knows of itself need not be said. */
export interface AttachOptions extends UploadOptions {
  /** File name as people see it. Taken from a `File`. */
  readonly name?: string;
  /** Media type. Taken from a `Blob`, `File` or `Response`. */
  readonly contentType?: string;
  /** Outlook: whether the body of the message shows it. @default false */
  readonly isInline?: boolean;
  /** Outlook: what `<img src="cid:…">` in the body names it. */
  readonly contentId?: string;
  /** Bytes; needed for streams, async iterables and responses that do not tell. */
  readonly size?: number;
}

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

declare module "@microsoft/microsoft-graph-client" {
  interface GraphRequest {
    /**
     * Attaches a file of any size to the message, event or task at this URL, or to its `attachments`: by one POST up to
     * the threshold, by an upload session above it. Needs `withLargeAttachments(client)`.
     *
     * Rejects with the client's `GraphError` for what the service refuses, with an `UploadError` for what cannot be
     * done, and with the signal's reason for an abort.
     */
    attach(file: AttachmentSource, options?: AttachOptions): Promise<CreatedAttachment>;
  }
}

/** An upload that is ready to begin, and the queue of those to its item. */
export interface Prepared {
  readonly plan: UploadPlan;
  readonly queue: Queue;
}

const queues = new WeakMap<Middleware, Queue>();

/** Checks what was asked and opens the file; nothing is sent. */
export async function prepare(request: GraphRequest, file: unknown, options: AttachOptions = {}): Promise<Prepared> {
  const call = await callOf(request);
  const handler = call.next instanceof LargeAttachmentHandler ? call.next : undefined;
  const asked = call.context.middlewareControl?.getMiddlewareOptions(LargeAttachmentHandlerOptions) as
    LargeAttachmentHandlerOptions | undefined;
  const ownSignal = (call.context.options?.signal as AbortSignal | null | undefined) ?? undefined;
  const url = call.context.request as string;
  const protocol = protocolFor(url);
  if (!protocol) {
    const path = URL.canParse(url) ? new URL(url).pathname : "This URL";
    throw new UploadError(
      "invalid",
      `${path} takes no attachments: give the URL of an Outlook message or event, or of a To Do task.`,
    );
  }
  const { name, contentType, isInline, contentId, size, ...upload } = options;
  const source = openSource(file, size);
  const plan = planOf({
    call,
    protocol,
    collection: protocol.collection(url)!,
    content: source.content,
    file: { name: name ?? source.name ?? "", contentType: contentType ?? source.type, isInline, contentId },
    settings: settings(handler?.options, { signal: ownSignal }, asked?.upload, upload),
  });
  const queue = handler?.queue ?? queues.get(call.next) ?? new Queue();
  queues.set(call.next, queue);
  return { plan, queue };
}

/** What `client.api(url).attach(file, options)` does. */
async function attach(this: GraphRequest, file: AttachmentSource, options?: AttachOptions): Promise<CreatedAttachment> {
  const { plan, queue } = await prepare(this, file, options);
  const { protocol, settings } = plan.service;
  const troubleOf = async (reply: Reply) => (reply.status < 300 ? undefined : protocol.trouble(reply));
  const deliverThis = () => deliver({ plan, post: () => postWhole(plan), troubleOf });
  const work = queue
    .run(protocol.item(plan.collection), deliverThis, settings.signal)
    .then((result) =>
      "created" in result ? (result.created.attachment as CreatedAttachment) : posted(result.posted, plan),
    );
  work.catch((error: unknown) => plan.content.close(error));
  return asGraphError(work);
}

function posted(reply: Reply, { file, service }: UploadPlan): CreatedAttachment {
  if (reply.status >= 300) throw new Refusal(reply);
  const body = reply.body as (CreatedAttachment & { contentBytes?: string }) | undefined;
  if (typeof body !== "object" || body === null) {
    throw new UploadError(
      "uncertain",
      `${service.protocol.service} has taken the file, but its reply was cut before it named the attachment.`,
    );
  }
  const { contentBytes: _, ...attachment } = body;
  service.settings.onProgress?.({ loaded: file.size, total: file.size });
  return attachment;
}

/**
 * Teaches an existing Graph client large attachments: intercepts its POSTs as `LargeAttachmentHandler` does, and gives its
 * requests `attach`. Returns the same client; a second call only sets the defaults anew.
 */
export function withLargeAttachments<C extends Client>(client: C, options: UploadOptions = {}): C {
  const chain = client["httpClient"] as { middleware: Middleware };
  if (chain.middleware instanceof LargeAttachmentHandler) chain.middleware.configure(options);
  else {
    const handler = new LargeAttachmentHandler(options);
    handler.setNext(chain.middleware);
    chain.middleware = handler;
  }
  const requests = Object.getPrototypeOf(client.api("/")) as GraphRequest;
  Object.defineProperty(requests, "attach", { value: attach, configurable: true, writable: true });
  return client;
}
