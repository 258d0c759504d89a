import type { Context } from "@microsoft/microsoft-graph-client";
import { created, pristine, refused } from "../attach/answer.js";
import type { AttachedFiles } from "../client/attachedFiles.js";
import { bodyOf, bytesOf, compose, report, type Work } from "./compose.js";
import { UploadError } from "../errors.js";
import { graphError, NoReply, Refusal } from "../http/refusal.js";
import { postChatMessage } from "./chatMessage.js";
import { openLetter, type Letter } from "./letter.js";
import { isLarge, type Settings } from "../options.js";
import { counting } from "../attach/progress.js";
import { planOf, serviceOf } from "../attach/plan.js";
import { once } from "../attach/once.js";
import { compositionFor, type Composition } from "../protocols/compositions.js";
import { item } from "../protocols/graph/item.js";
import { drive } from "../protocols/drive.js";
import { outlook } from "../protocols/outlook.js";
import { conversationAt, teams, type Conversation } from "../protocols/teams.js";
import type { Held } from "../client/head.js";
import { filesBeside, REQUEST_LIMIT, signalOf } from "../client/recognise.js";
import { trafficOf } from "../http/traffic.js";
import { isOwn } from "../http/transport.js";

/** Takes over a POST that creates or sends a message or event with files that do not fit; `false`: it is not one. */
export async function composeInstead(held: Held): Promise<boolean> {
  const { context } = held;
  if (isOwn(context)) return false;
  const request = context.request as string;
  const body: unknown = context.options!.body;
  const beside = filesBeside(context);
  const settings = held.settings();
  const conversation = beside && conversationAt(request);
  if (conversation) return answer(context, () => chatting(held, conversation, beside));
  const composition = compositionFor(request);
  if (beside && !composition)
    throw new UploadError(
      "invalid",
      "withAttachments is for POSTs that create or send a message or an event, or post to a chat or channel.",
    );
  const letter =
    composition && typeof body === "string" ? openLetter(body, composition.holder, outlook.creates!) : undefined;
  if (beside && !letter)
    throw new UploadError("invalid", "withAttachments needs a message or event as the body of post(…).");
  if (!composition || !letter || !(beside || isHeavy(body as string, letter, settings))) return false;
  const work = workOf(
    held,
    composition,
    { ...letter, files: [...letter.files, ...(beside?.files ?? [])] },
    { ...settings, ...beside?.options },
  );
  return answer(context, () => (beside ? sendAllAtOnceOrCompose(work, request) : answerOf(work)));
}

/** Gives the request its response; what the service refuses is one too. Files beside it are let go where it fails. */
async function answer(context: Context, work: () => Promise<Response>): Promise<true> {
  try {
    context.response = await work();
  } catch (error) {
    for (const { content } of filesBeside(context)?.files ?? []) content.close(error);
    context.response = refused(error);
  }
  return true;
}

/** Posts a message to a chat or channel, its files beside it. */
async function chatting(held: Held, conversation: Conversation, beside: AttachedFiles): Promise<Response> {
  const { context, next, handler } = held;
  const traffic = trafficOf(handler);
  const given = { ...held.settings(), ...beside.options };
  const settings = { ...given, signal: given.signal ?? signalOf(context), onProgress: undefined };
  const intent = { call: { context: pristine(context), next }, settings, gate: traffic.gate };
  const url = context.request as string;
  const body: unknown = context.options?.body;
  const letter = typeof body === "string" ? openLetter(body, undefined, () => false) : undefined;
  if (!letter) throw new UploadError("invalid", "withAttachments needs a message as the body of post(…).");
  const plans = beside.files.map(({ content, file }) =>
    planOf({ ...intent, protocol: drive, collection: url, content, file: { ...file, conflictBehavior: "rename" } }),
  );
  const work = {
    ...{
      conversation,
      url,
      message: { ...letter.body, attachments: letter.others },
      plans: counting(plans, given.onProgress),
    },
    queue: traffic.items,
    teams: serviceOf({ ...intent, protocol: teams }, url),
    drive: serviceOf({ ...intent, protocol: drive }, url),
  };
  return created(await postChatMessage(work));
}

/** Whether a body is too large for one request, or holds a file that is. */
function isHeavy(body: string, { files }: Letter, settings: Settings): boolean {
  return (
    files.some(({ content }) => isLarge(content.size, settings)) || (files.length > 0 && bytesOf(body) > REQUEST_LIMIT)
  );
}

/** Checks everything before the first request. */
function workOf({ context, next, handler }: Held, composition: Composition, letter: Letter, given: Settings): Work {
  const settings = { ...given, signal: given.signal ?? signalOf(context), onProgress: undefined };
  const call = { context: pristine(context), next };
  const intent = { call, protocol: outlook, settings, gate: trafficOf(handler).gate };
  const unsaved =
    composition.sends && /^false$/i.test(String(letter.body["saveToSentItems"] ?? letter.body["SaveToSentItems"]));
  const plans = letter.files.map((part) => planOf({ ...intent, ...part, collection: composition.items }));
  const work = { service: serviceOf(intent, composition.items), composition, letter, deletesCopy: unsaved };
  return {
    ...work,
    plans: counting(plans, given.onProgress),
    headers: unsaved ? immutable(call.context) : {},
    mayDeleteCopy: given.deleteSentCopy,
  };
}

/** The draft keeps its id when it is sent, so that its copy is found again. */
function immutable({ options }: Context): Record<string, string> {
  const given = Object.entries((options?.headers ?? {}) as Record<string, string>).filter(
    ([name]) => name.toLowerCase() === "prefer",
  );
  return { Prefer: [...given.map(([, value]) => value), 'IdType="ImmutableId"'].join(", ") };
}

async function answerOf(work: Work): Promise<Response> {
  if (work.deletesCopy && !work.mayDeleteCopy) throw new UploadError("unsupported", UNSAVED);
  const made = await compose(work);
  return made ? created(made) : new Response(null, { status: 202 });
}

const UNSAVED =
  "saveToSentItems: false cannot be kept: a message that is too large for one request is sent as a draft, and a sent draft is always saved. Leave it out, or give { deleteSentCopy: true } to have the copy deleted after sending.";

/** Where all files fit, one request does it, which needs fewer permissions; it is not repeated where its reply is lost. */
async function sendAllAtOnceOrCompose(work: Work, url: string): Promise<Response> {
  const { body, inside, outside } = await bodyOf(work);
  if (outside.length > 0) return answerOf(work);
  const answer = await once(work.service, item.create(url, body));
  const failed = !(answer instanceof NoReply) && answer.status >= 300 ? answer : undefined;
  if (answer instanceof NoReply || (failed && outlook.trouble(failed) === "passing")) {
    const message = "The reply was lost: whether the request was done is not known. Look before doing it again.";
    throw new UploadError("uncertain", message, { cause: failed ? graphError(failed) : answer });
  }
  if (failed) throw new Refusal(failed);
  report(inside);
  return answer.body === undefined ? new Response(null, { status: answer.status }) : created(answer.body as object);
}
