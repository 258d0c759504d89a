import type { Context, Middleware } from "@microsoft/microsoft-graph-client";
import { urlOf } from "../http/chain.js";
import { signalOf } from "../http/graphClient.js";
import { Lane } from "../http/lane.js";
import { networkFailure } from "../http/network.js";
import { noAnswer, NoReply, Refusal } from "../http/refusal.js";
import { trafficOf } from "../http/traffic.js";
import type { AttachedFiles, Part } from "../middlewareOptions.js";
import { isLarge, REQUEST_LIMIT, type Settings } from "../settings.js";
import type { Protocol } from "../protocol.js";
import { readReply } from "../reply.js";
import { onAbort, orAborted, signalFor } from "../signals.js";
import { UploadError } from "../errors.js";
import { created, pristine, refused } from "./answer.js";
import { attachFile } from "./attachFile.js";
import { attachOnce, mustTakeMark } from "./attachOnce.js";
import { mustBeOnce, NOT_ONCE } from "./mustBeOnce.js";
import { createJob } from "./createJob.js";
import { deliver } from "./deliver.js";
import { match, type Match } from "./match.js";
import { unconfirmed } from "./post.js";

/** Replies to shorter bodies are not opened: no service refuses them for their length. Characters. */
const NEVER_TOO_LARGE = 2_000_000;

/** A request that a handler may take over, as the handler recognized it. */
export interface RecognizedRequest {
  readonly context: Context;
  readonly next: Middleware;
  /** The handler. All uploads through it share their turns. */
  readonly handler: Middleware;
  /** The request may attach a file. */
  readonly attaches: boolean;
  /** Files that `withAttachments` added to the request. */
  readonly files?: AttachedFiles;
  /** Without the signal. */
  settings(): Settings;
  /** The signals of the request, of its options and of the handler. */
  readonly signals: readonly (AbortSignal | undefined)[];
  /** The request may create or send an item with attachments. */
  readonly composes: boolean;
}

/** A request that may be taken over, with its signals joined in its settings. */
export interface InterceptedRequest extends Omit<RecognizedRequest, "signals" | "settings"> {
  readonly settings: Settings;
}

export function joinSignals(request: RecognizedRequest): InterceptedRequest {
  const settings = request.settings();
  const signal = signalFor(...request.signals);
  return { ...request, settings: signal === settings.signal ? settings : { ...settings, signal } };
}

/** Recognizes requests that a handler takes over, and reads their bodies. */
export interface Recognition {
  readonly protocols: readonly Protocol[];
  /** The most bytes of file that a body can hold. `undefined` if it holds none that could be taken over. */
  atMost(body: unknown): number | undefined;
  /** The file in a request. `undefined` if the request must pass. */
  open(context: Context, protocol: Protocol): Part | undefined;
}

/** Uploads the file of a request that creates an attachment too large for it, and answers in its place. Others pass. */
export async function intercept(request: InterceptedRequest, recognition: Recognition): Promise<void> {
  const { context, next, handler, attaches, settings } = request;
  if (!attaches) return next.execute(context);
  const most = recognition.atMost(context.options?.body);
  const found = match(urlOf(context), recognition.protocols);
  if (!found || most === undefined) {
    if (settings.once !== undefined) throw new UploadError("invalid", NOT_ONCE);
    return next.execute(context);
  }
  const item = found.protocol.target.item?.(found.collection);
  const work = () => attachInstead(request, recognition, found, most);
  return trafficOf(handler).items.run(item, work, settings.signal);
}

async function attachInstead(
  request: InterceptedRequest,
  recognition: Recognition,
  found: Match,
  most: number,
): Promise<void> {
  const { context, next, handler, settings } = request;
  const { protocol } = found;
  mustBeOnce(settings);
  if (settings.once !== undefined) return attachOnceInstead(request, recognition, found, settings.once);
  const small = !isLarge(most, settings);
  const pass = () => inTurn(request, found, () => passWith(settings.signal, request));
  if (small && most < NEVER_TOO_LARGE) return pass();
  const before = pristine(context);
  if (small) {
    await pass();
    if ((await refusalIn(context.response, protocol))?.verdict !== "tooLarge") return;
  }
  const part = recognition.open(context, protocol);
  if (!part) return small ? undefined : pass();
  const sending = {
    call: { context: before, next },
    traffic: trafficOf(handler),
    settings: small ? { ...settings, threshold: 0 } : settings,
  };
  const job = createJob(sending, found, part.content, part.file);
  let passed: Refusal | undefined;
  const post = async (): Promise<undefined> => {
    const again = pristine(before);
    await inTurn({ ...request, context: again }, found, () => passInTime(again));
    context.response = again.response;
    passed = await refusalIn(context.response, protocol);
    if (passed) throw passed;
  };
  const passInTime = async (again: Context): Promise<void> => {
    const late = new AbortController();
    const noReply = new NoReply(`No reply came within ${settings.timeout} ms.`);
    const timer = setTimeout(() => late.abort(noReply), settings.timeout);
    try {
      await passWith(signalFor(settings.signal, late.signal), { ...request, context: again });
    } catch (error) {
      const lost = late.signal.aborted ? noReply : networkFailure(error);
      if (!lost || settings.signal?.aborted) throw error;
      throw lost.unsent ? job.service.interrupted(noAnswer(lost)) : unconfirmed(job, lost);
    } finally {
      clearTimeout(timer);
    }
  };
  const fits = !small && protocol.post?.inline !== undefined && bytesIn(context.options?.body) <= REQUEST_LIMIT;
  try {
    const result = await deliver(job, post, fits);
    if (result) context.response = created(result.attachment, result.location);
  } catch (error) {
    if (error !== passed) context.response = refused(error); // what the service itself answered passes
  }
}

/** Attaches the file of a request under the option `once`, however small it is. */
async function attachOnceInstead(
  { context, next, handler, settings }: InterceptedRequest,
  recognition: Recognition,
  found: Match,
  once: string,
): Promise<void> {
  mustTakeMark(found.protocol);
  const part = recognition.open(context, found.protocol);
  if (!part) throw new UploadError("invalid", NOT_ONCE);
  const sending = { call: { context: pristine(context), next }, traffic: trafficOf(handler), settings };
  const job = createJob(sending, found, part.content, part.file);
  try {
    context.response = created(await attachOnce(job, once, attachFile));
  } catch (error) {
    context.response = refused(error);
  }
}

/** Bytes of a text in UTF-8. Anything else is taken to fit in no request. */
function bytesIn(body: unknown): number {
  if (typeof body !== "string" || body.length > REQUEST_LIMIT) return Infinity;
  return new TextEncoder().encode(body).length;
}

/** Sends a request on when it is its turn among those to its mailbox. */
async function inTurn(
  { context, handler, settings }: InterceptedRequest,
  { protocol, collection }: Match,
  pass: () => Promise<void>,
): Promise<void> {
  const body = typeof context.options?.body === "string" ? context.options.body : undefined;
  const lane = new Lane(protocol.api, collection, settings, trafficOf(handler).gate);
  await lane.run({ method: "POST", body }, async () => {
    await pass();
    return context.response;
  });
}

/** Sends a request on as it came. The signals of its options stop it as its own does. */
async function passWith(signal: AbortSignal | undefined, { context, next }: InterceptedRequest): Promise<void> {
  if (!signal || signal === signalOf(context)) return next.execute(context);
  const stop = new AbortController();
  const end = onAbort(signal, (reason) => stop.abort(reason));
  context.options = { ...context.options, signal: stop.signal };
  try {
    await orAborted(next.execute(context), signal);
  } finally {
    end();
  }
}

/** The refusal in a response. Reads a copy, so that the caller can still read the response. */
export async function refusalIn(response: Response | undefined, protocol?: Protocol): Promise<Refusal | undefined> {
  if (!response || response.ok) return undefined;
  const reply = await readReply(response.clone());
  return new Refusal(reply, protocol?.api.verdict(reply) ?? "refused");
}
