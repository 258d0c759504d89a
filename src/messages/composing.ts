import { created, pristine, refused } from "../attach/answer.js";
import { createJob, serviceFor, type Sending } from "../attach/createJob.js";
import { refusalIn, type InterceptedRequest } from "../attach/intercept.js";
import { isCut, mustBeWhole } from "../attach/names.js";
import { withTotalProgress } from "../attach/progress.js";
import { UploadError } from "../errors.js";
import { closeAll } from "../files/open.js";
import { urlOf } from "../http/graphClient.js";
import { isOwn } from "../http/ownContext.js";
import { trafficOf } from "../http/traffic.js";
import { remembered } from "../files/read.js";
import { Refusal } from "../http/refusal.js";
import { keyOf, member, parseJson, type Members } from "../json.js";
import { DEFAULT_THRESHOLD, isLarge, REQUEST_LIMIT, type AttachedFiles, type Settings } from "../options.js";
import type { Content } from "../protocol.js";
import { signalFor } from "../signals.js";
import { compositionFor, type Composition } from "../protocols/compositions.js";
import { drive } from "../protocols/drive.js";
import { item } from "../protocols/graph/item.js";
import { outlook } from "../protocols/outlook.js";
import { conversationAt, teams, type Conversation } from "../protocols/teams.js";
import { postChatMessage } from "./chatMessage.js";
import { compose, create } from "./compose.js";
import type { Work } from "./work.js";
import { bytesOf, firstBody, mustFit, mustPass, reportInside } from "./firstBody.js";
import { ending, whereToLook } from "./handOver.js";
import { mustBeOnce, NOT_ONCE } from "../attach/mustBeOnce.js";
import { heldIn, openLetter, withEntries, type Letter } from "./letter.js";
import { withJob } from "./messageCheckpoint.js";
import { isDeferred } from "./mark.js";
import { isMime, mustBeTaken, openMime, passMime, requestFor } from "./mime.js";
import { immutableId, mustBeSaved } from "./sentCopy.js";

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
  if (files) mustBeWhole(url);
  else if (isCut(url)) return false;
  const conversation = files && conversationAt(url);
  if (conversation) return answer(request, () => chat(request, conversation, files));
  const composition = compositionFor(url);
  if (files && !composition) {
    throw new UploadError(
      "invalid",
      "withAttachments is for POSTs that create or send a message or an event, or that post to a chat or channel.",
    );
  }
  const settings = withFiles(request.settings(), files);
  mustBeOnce(settings);
  const body: unknown = context.options?.body;
  const json = typeof body === "string" ? body : undefined;
  const mime = composition && isMime(context, composition);
  if (mime && !files && settings.once === undefined) return passMime(request);
  const openJson = (holder?: string) => openLetter(json ?? "", holder, inline.creates);
  const letter = composition && (mime ? await openMime(body, composition.holder) : openJson(composition.holder));
  if (files && !letter) {
    throw new UploadError("invalid", "withAttachments needs a message or event as the body of post(…).");
  }
  if (settings.once !== undefined && !letter && !request.attaches) throw new UploadError("invalid", NOT_ONCE);
  if (!composition || !letter || (json === undefined && !mime)) return false;
  if (files || mime) {
    const given = files?.files ?? [];
    const parts = given.map((part) => ({ part }));
    const whole = { ...letter, files: [...letter.files, ...given], entries: [...letter.entries, ...parts] };
    mustBeClear(letter);
    const work = workFor(request, composition, whole, settings);
    return answer(request, () => withJob(work, letter.mime ?? json ?? "", (job) => sendAtOnceOrCompose(job, url)));
  }
  if (mustPass(letter, inline)) return false;
  const large = bytesOf(json ?? "") > REQUEST_LIMIT && letter.entries.length > 0;
  if (large || settings.once !== undefined || isHeavy(letter, composition, settings)) {
    mustBeClear(letter);
    const work = workFor(request, composition, letter, settings);
    return answer(request, () => withJob(work, json ?? "", (job) => composed(job, REQUEST_LIMIT)));
  }
  if (letter.entries.length === 0 || composition.event) return false;
  return passOrCompose(request, composition, letter, settings);
}

/** One request first: it needs fewer permissions. Composes only what the service finds too large. */
async function passOrCompose(
  request: InterceptedRequest,
  composition: Composition,
  letter: Letter,
  settings: Settings,
): Promise<true> {
  const { context, next } = request;
  const before = { ...request, context: pristine(context) };
  await next.execute(context);
  if ((await refusalIn(context.response, outlook))?.verdict !== "tooLarge" || letter.twice) return true;
  return answer(request, () => composed(workFor(before, composition, letter, settings), 0));
}

/** Refuses a body that holds one member twice, of which the service would read one. */
function mustBeClear({ twice }: Letter): void {
  if (!twice) return;
  throw new UploadError(
    "invalid",
    `The body holds both ${twice[0]} and ${twice[1]}. Keep one of them. Nothing was sent.`,
  );
}

/** The settings of a request, with the options of `withAttachments`. */
function withFiles(settings: Settings, files: AttachedFiles | undefined): Settings {
  if (!files) return settings;
  return { ...settings, ...files.options, signal: signalFor(settings.signal, files.options.signal) };
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
  return { call, settings: { ...settings, onProgress: undefined, once: undefined }, traffic: trafficOf(handler) };
}

/** Posts a message to a chat or channel, with its files. */
async function chat(request: InterceptedRequest, conversation: Conversation, files: AttachedFiles): Promise<Response> {
  const url = urlOf(request.context);
  const body: unknown = request.context.options?.body;
  const json = typeof body === "string" ? body : "";
  const holder = conversation.holder && (keyOf(parseJson(json), conversation.holder) ?? conversation.holder);
  const letter = openLetter(json, holder, () => false);
  if (!letter) throw new UploadError("invalid", "withAttachments needs a message as the body of post(…).");
  mustBeClear(letter);
  const settings = withFiles(request.settings(), files);
  if (files.options.checkpoints)
    throw new UploadError("unsupported", "Messages to Teams take no checkpoints. Omit them. Nothing was sent.");
  if (settings.once !== undefined)
    throw new UploadError("unsupported", "Teams keeps no mark of once. Omit it. Nothing was sent.");
  const sending = sendingFor(request, settings);
  const jobs = files.files.map(({ content, file }) =>
    createJob(sending, { protocol: drive, collection: url }, content, { ...file, conflictBehavior: "rename" }),
  );
  const message = await postChatMessage({
    conversation,
    url,
    message: withEntries(letter, letter.others),
    jobs: withTotalProgress(jobs, settings.onProgress),
    teams: serviceFor(sending, teams, url),
    drive: serviceFor(sending, drive.api, url),
  });
  return created(message);
}

/** True if a file is larger than the caller lets one request carry. The body of an event carries none. */
function isHeavy({ files }: Letter, { event }: Composition, { threshold }: Settings): boolean {
  const most = threshold ?? (event ? DEFAULT_THRESHOLD : Infinity);
  return files.some(({ content }) => isLarge(content.size, { threshold: most }));
}

/** Checks everything before the first request. */
function workFor(request: InterceptedRequest, composition: Composition, letter: Letter, settings: Settings): Work {
  const sending = sendingFor(request, settings);
  const deletesCopy = composition.sends && /^false$/i.test(String(member(letter.body, "saveToSentItems")));
  const place = { protocol: outlook, collection: composition.items };
  const again = (content: Content) =>
    content.anywhere || content.size > REQUEST_LIMIT ? content : remembered(content);
  const jobs = letter.files.map(({ content, file }) => createJob(sending, place, again(content), file));
  return {
    service: serviceFor(sending, outlook.api, composition.items),
    composition,
    letter,
    inline,
    jobs: withTotalProgress(jobs, settings.onProgress),
    headers: deletesCopy ? immutableId(request.context) : {},
    once: settings.once,
    deletesCopy,
    mayDeleteCopy: settings.deleteSentCopy,
  };
}

async function composed(work: Work, most: number): Promise<Response> {
  mustFit(work);
  mustBeSaved(work);
  const made = await compose(work, most);
  return made ? created(made) : new Response(null, { status: 202 });
}

/** If everything fits, one request does it, which needs fewer permissions. A request that sends is not repeated in doubt. */
async function sendAtOnceOrCompose(work: Work, url: string): Promise<Response> {
  if (work.once !== undefined) return composed(work, REQUEST_LIMIT);
  const response = await work.service.upload((service) => atOnce({ ...work, service }, url));
  return typeof response === "number" ? composed(work, response) : response;
}

/** Returns how many bytes the first body may have if one request does not do it. */
async function atOnce(work: Work, url: string): Promise<Response | number> {
  const { body, inside, outside } = await firstBody(work, REQUEST_LIMIT);
  if (outside.length > 0) return REQUEST_LIMIT;
  try {
    const response = await (work.composition.sends ? sendAtOnce(work, url, body) : create(work, body).then(created));
    reportInside(inside);
    return response;
  } catch (error) {
    if (error instanceof Refusal && error.verdict === "tooLarge" && inside.length > 0) return 0;
    throw error;
  }
}

async function sendAtOnce({ service, letter }: Work, url: string, body: Members): Promise<Response> {
  const reply = await service.ask({
    request: requestFor(letter, url, body),
    read(one) {
      mustBeTaken(one.status, letter.mime);
      return item.done(one) && one;
    },
    repeat: "ifNotTaken",
    uncertain(cause) {
      const message = `${ending(cause, "the sending")} ${whereToLook(isDeferred(heldIn(letter)))}`;
      return new UploadError("uncertain", message, { cause });
    },
  });
  return reply.body === undefined ? new Response(null, { status: reply.status }) : created(reply.body);
}
