import type { Context } from "@microsoft/microsoft-graph-client";
import { deliver } from "./deliver.js";
import { planOf } from "./plan.js";
import type { Content } from "../files/open.js";
import { trafficOf } from "../http/traffic.js";
import { isOwn } from "../http/transport.js";
import type { Held } from "../client/head.js";
import { isLarge } from "../options.js";
import type { FileInfo, Target, Trouble, UploadProtocol } from "../protocol.js";
import { signalOf } from "../client/recognise.js";
import { targetOf } from "./match.js";
import { created, pristine, refused } from "./answer.js";

/** Bodies below this length are never refused for it: no reply is opened to see. */
const NEVER_TOO_LARGE = 2_000_000;

/** Which requests a handler takes over, and how their bodies are read. */
export interface Recognition {
  readonly protocols: readonly UploadProtocol[];
  /** At most this many bytes of file are in a body; `undefined`: none that could be taken over. */
  atMost(body: unknown): number | undefined;
  /** The file in a request; `undefined`: it is to pass. */
  open(context: Context, protocol: UploadProtocol): { content: Content; file: Omit<FileInfo, "size"> } | undefined;
}

/** Sends a request on, or, where it creates an attachment that is too large for one, uploads it and answers in its place. */
export async function intercept(held: Held, recognition: Recognition): Promise<void> {
  const { context, next, handler, attaches } = held;
  const most = attaches && !isOwn(context) ? recognition.atMost(context.options!.body) : undefined;
  const target = most === undefined ? undefined : targetOf(context.request as string, recognition.protocols);
  if (!target) return next.execute(context);
  const item = target.protocol.item?.(target.collection);
  const work = () => attachInstead(held, recognition, target, most!);
  return trafficOf(handler).items.run(item, work, signalOf(context));
}

async function attachInstead(held: Held, recognition: Recognition, target: Target, most: number): Promise<void> {
  const { context, next, settings, handler } = held;
  const { protocol } = target;
  const given = settings();
  const small = !isLarge(most, given);
  const before = small && most < NEVER_TOO_LARGE ? context : pristine(context);
  const post = () => next.execute(context);
  if (small) {
    await post();
    if (most < NEVER_TOO_LARGE || (await troubleOf(context.response, protocol)) !== "tooLarge") return;
  }
  const opened = recognition.open(context, protocol);
  if (!opened) return small ? undefined : post();
  const plan = planOf({
    call: { context: before, next },
    gate: trafficOf(handler).gate,
    ...target,
    ...opened,
    settings: { ...given, threshold: small ? 0 : given.threshold, signal: signalOf(context) ?? given.signal },
  });
  try {
    const result = await deliver({ plan, post, troubleOf: () => troubleOf(context.response, protocol) });
    if ("created" in result) context.response = created(result.created.attachment, result.created.location);
  } catch (error) {
    context.response = refused(error);
  }
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
