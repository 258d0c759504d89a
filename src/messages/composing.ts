import type { Context } from "@microsoft/microsoft-graph-client";
import { created, pristine, refused } from "../attach/answer.js";
import { createJob, serviceFor, type Sending } from "../attach/createJob.js";
import type { InterceptedRequest } from "../attach/intercept.js";
import { withTotalProgress } from "../attach/progress.js";
import { UploadError } from "../errors.js";
import { closeAll } from "../files/open.js";
import { urlOf } from "../http/graphClient.js";
import { isOwn } from "../http/ownContext.js";
import { headerEntries } from "../http/headers.js";
import { trafficOf } from "../http/traffic.js";
import { member } from "../json.js";
import { isLarge, REQUEST_LIMIT, type AttachedFiles, type Settings } from "../options.js";
import { signalFor } from "../signals.js";
import { compositionFor, type Composition } from "../protocols/compositions.js";
import { drive } from "../protocols/drive.js";
import { item } from "../protocols/graph/item.js";
import { outlook } from "../protocols/outlook.js";
import { conversationAt, teams, type Conversation } from "../protocols/teams.js";
import { postChatMessage } from "./chatMessage.js";
import { bodyOf, bytesOf, compose, reportInside, type Work } from "./compose.js";
import { openLetter, type Letter } from "./letter.js";

const { inline } = outlook.post;

/** Takes over a POST that creates or sends a message or event with files that do not fit. Returns `false` if it is not one. */
export async function composeInstead(request: InterceptedRequest): Promise<boolean> {
  const files = request.files?.files ?? [];
  try {
    const composed = await composedInstead(request);
    closeAll(files);
    return composed;
  } catch (error) {
    closeAll(files, error);
    throw error;
  }
}

async function composedInstead(request: InterceptedRequest): Promise<boolean> {
  const { context, files } = request;
  if (isOwn(context)) return false;
  const url = urlOf(context);
  const conversation = files && conversationAt(url);
  if (conversation) return answer(request, () => chat(request, conversation, files));
  const composition = compositionFor(url);
  if (files && !composition) {
    throw new UploadError(
      "invalid",
      "withAttachments is for POSTs that create or send a message or an event, or that post to a chat or channel.",
    );
  }
  const body: unknown = context.options?.body;
  const json = typeof body === "string" ? body : undefined;
  const letter = composition && json !== undefined ? openLetter(json, composition.holder, inline.creates) : undefined;
  if (files && !letter) {
    throw new UploadError("invalid", "withAttachments needs a message or event as the body of post(…).");
  }
  const settings = request.settings();
  if (!composition || !letter || json === undefined || !(files || isHeavy(json, letter, settings))) return false;
  const whole = { ...letter, files: [...letter.files, ...(files?.files ?? [])] };
  const work = workFor(request, composition, whole, withFiles(settings, files));
  return answer(request, () => (files ? sendAtOnceOrCompose(work, url) : composed(work)));
}

/** The settings of a request, with the options of `withAttachments`. */
function withFiles(settings: Settings, files: AttachedFiles | undefined): Settings {
  return { ...settings, ...files?.options, signal: signalFor(settings.signal, files?.options.signal) };
}

/** Gives the request its response, even if the service refuses. */
async function answer({ context }: InterceptedRequest, work: () => Promise<Response>): Promise<true> {
  try {
    context.response = await work();
  } catch (error) {
    context.response = refused(error);
  }
  return true;
}

/** How the requests of a message are sent. Progress is reported for all files together. */
function sendingFor({ context, next, handler }: InterceptedRequest, settings: Settings): Sending {
  const call = { context: pristine(context), next };
  return { call, settings: { ...settings, onProgress: undefined }, traffic: trafficOf(handler) };
}

/** Posts a message to a chat or channel, with its files. */
async function chat(request: InterceptedRequest, conversation: Conversation, files: AttachedFiles): Promise<Response> {
  const url = urlOf(request.context);
  const body: unknown = request.context.options?.body;
  const letter = typeof body === "string" ? openLetter(body, undefined, () => false) : undefined;
  if (!letter) throw new UploadError("invalid", "withAttachments needs a message as the body of post(…).");
  const settings = withFiles(request.settings(), files);
  const sending = sendingFor(request, settings);
  const jobs = files.files.map(({ content, file }) =>
    createJob(sending, { protocol: drive, collection: url }, content, { ...file, conflictBehavior: "rename" }),
  );
  const message = await postChatMessage({
    conversation,
    url,
    message: { ...letter.body, attachments: letter.others },
    jobs: withTotalProgress(jobs, settings.onProgress),
    teams: serviceFor(sending, teams, url),
    drive: serviceFor(sending, drive.api, url),
  });
  return created(message);
}

/** Tells whether a body is too large for one request, or holds a file that is. */
function isHeavy(json: string, { files }: Letter, settings: Settings): boolean {
  return (
    files.some(({ content }) => isLarge(content.size, settings)) || (files.length > 0 && bytesOf(json) > REQUEST_LIMIT)
  );
}

/** Checks everything before the first request. */
function workFor(request: InterceptedRequest, composition: Composition, letter: Letter, settings: Settings): Work {
  const sending = sendingFor(request, settings);
  const deletesCopy = composition.sends && /^false$/i.test(String(member(letter.body, "saveToSentItems")));
  const place = { protocol: outlook, collection: composition.items };
  const jobs = letter.files.map(({ content, file }) => createJob(sending, place, content, file));
  return {
    service: serviceFor(sending, outlook.api, composition.items),
    composition,
    letter,
    inline,
    jobs: withTotalProgress(jobs, settings.onProgress),
    headers: deletesCopy ? immutableId(request.context) : {},
    deletesCopy,
    mayDeleteCopy: settings.deleteSentCopy,
  };
}

/** Lets the draft keep its id when it is sent, so that its copy can be found. */
function immutableId({ options }: Context): Record<string, string> {
  const given = headerEntries(options?.headers).filter(([name]) => name.toLowerCase() === "prefer");
  return { Prefer: [...given.map(([, value]) => value), 'IdType="ImmutableId"'].join(", ") };
}

async function composed(work: Work): Promise<Response> {
  if (work.deletesCopy && !work.mayDeleteCopy) throw new UploadError("unsupported", UNSAVED);
  const made = await compose(work);
  return made ? created(made) : new Response(null, { status: 202 });
}

const UNSAVED =
  "A message that is too large for one request is sent as a draft, which Outlook always saves, so saveToSentItems: false is not possible. Omit it, or give { deleteSentCopy: true } to have the copy deleted after sending.";

/** If all files fit, one request does it, which needs fewer permissions. It is not repeated if its reply is lost. */
async function sendAtOnceOrCompose(work: Work, url: string): Promise<Response> {
  const sent = await work.service.upload((service) => sendAtOnce({ ...work, service }, url));
  return sent ?? composed(work);
}

/** `undefined` if not all files fit. */
async function sendAtOnce(work: Work, url: string): Promise<Response | undefined> {
  const { body, inside, outside } = await bodyOf(work);
  if (outside.length > 0) return undefined;
  const reply = await work.service.ask({
    request: item.create(url, body),
    read: (one) => (one.status < 300 ? one : undefined),
    repeat: "ifNotTaken",
    uncertain(cause) {
      const message = "The request was not confirmed, so it may have been done. Check before you repeat it.";
      return new UploadError("uncertain", message, { cause });
    },
  });
  reportInside(inside);
  return reply.body === undefined ? new Response(null, { status: reply.status }) : created(reply.body);
}
