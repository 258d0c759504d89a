import type { Context, Middleware } from "@microsoft/microsoft-graph-client";
import type { Content } from "./content.js";
import { deliver } from "./deliver.js";
import { errorBody, Refusal } from "./errors.js";
import type { Settings } from "./options.js";
import { planOf } from "./plan.js";
import type { FileInfo, Reply, Trouble, UploadProtocol } from "./protocol.js";
import type { Queue } from "./queue.js";
import { isOwn } from "./transport.js";

const COLLECTION = /\/attachments\/?(\?|#|$)/i;

/** Bodies below this length are never refused for it: no reply is opened to see. */
const NEVER_TOO_LARGE = 2_000_000;

/** Which requests a handler takes over, and how their bodies are read. */
export interface Recognition {
  protocolFor(url: string): UploadProtocol | undefined;
  /** At most this many bytes of file are in a body; `undefined`: none that could be taken over. */
  atMost(body: unknown): number | undefined;
  /** The file in a request; `undefined`: it is to pass. */
  open(context: Context, protocol: UploadProtocol): { content: Content; file: Omit<FileInfo, "size"> } | undefined;
}

/** What an interception needs besides the request. */
export interface Interception {
  readonly context: Context;
  readonly next: Middleware;
  readonly queue: Queue;
  readonly recognition: Recognition;
  settings(): Settings;
}

/** Sends a request on, or, where it creates an attachment that is too large for one, uploads it and answers in its place. */
export async function intercept(interception: Interception): Promise<void> {
  const { context, next, queue, recognition } = interception;
  const { request, options } = context;
  const posts = typeof request === "string" && options?.method?.toUpperCase() === "POST" && COLLECTION.test(request);
  const most = posts && !isOwn(context) ? recognition.atMost(options.body) : undefined;
  const protocol = most === undefined ? undefined : recognition.protocolFor(request as string);
  if (!protocol) return next.execute(context);
  const item = protocol.item?.(protocol.collection(request as string)!);
  return queue.run(item, () => attachInstead(interception, protocol, most!), signalOf(context));
}

async function attachInstead(interception: Interception, protocol: UploadProtocol, most: number): Promise<void> {
  const { context, next, recognition, settings } = interception;
  const given = settings();
  const call = { context: pristine(context), next };
  const small = most <= given.threshold;
  const post = () => next.execute(context);
  if (small) {
    await post();
    if (most < NEVER_TOO_LARGE || (await troubleOf(context.response, protocol)) !== "tooLarge") return;
  }
  const opened = recognition.open(context, protocol);
  if (!opened) return small ? undefined : post();
  const plan = planOf({
    call,
    protocol,
    collection: protocol.collection(context.request as string)!,
    ...opened,
    settings: { ...given, threshold: small ? 0 : given.threshold, signal: signalOf(context) ?? given.signal },
  });
  try {
    const result = await deliver({ plan, post, troubleOf: () => troubleOf(context.response, protocol) });
    if ("created" in result) context.response = answer(201, result.created.attachment, result.created.location);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    context.response = answer(error.reply.status, { error: errorBody(error.reply) }, undefined, error.reply);
  }
}

/** The context as it is now: handlers further on add to its headers, which would be doubled in the upload's requests. */
function pristine(context: Context): Context {
  return {
    ...context,
    options: { ...context.options, headers: { ...(context.options?.headers as object) } },
  } as Context;
}

function signalOf(context: Context): AbortSignal | undefined {
  return (context.options?.signal as AbortSignal | null | undefined) ?? undefined;
}

/** The trouble that a reply tells of; a copy is read, so that the caller still can. */
async function troubleOf(response: Response | undefined, protocol: UploadProtocol): Promise<Trouble | undefined> {
  if (!response || response.ok) return undefined;
  const text = await response
    .clone()
    .text()
    .catch(() => "");
  let body: unknown = text;
  try {
    body = JSON.parse(text);
  } catch {
    // HTML, or nothing
  }
  return protocol.trouble({ status: response.status, headers: response.headers, body });
}

/** The response that the client gets in place of the service's own to one POST. */
function answer(status: number, body: object, location?: string, reply?: Reply): Response {
  const headers = new Headers({ "Content-Type": "application/json" });
  if (location !== undefined) headers.set("Location", location);
  for (const name of ["request-id", "client-request-id", "Retry-After", "Date"]) {
    const value = reply?.headers.get(name);
    if (value) headers.set(name, value);
  }
  return new Response(JSON.stringify(body), { status, headers });
}
