import { created, pristine } from "../attach/answer.js";
import { createJob, serviceFor } from "../attach/createJob.js";
import { refusalIn, type InterceptedRequest } from "../attach/intercept.js";
import { mustBeOnce, NOT_ONCE } from "../attach/mustBeOnce.js";
import { isCut, mustBeWhole } from "../attach/names.js";
import { withTotalProgress } from "../attach/progress.js";
import { UploadError } from "../errors.js";
import type { Content } from "../file.js";
import { readAhead, remembered } from "../files/read.js";
import { urlOf } from "../http/chain.js";
import { member } from "../json.js";
import { compositionFor, type Composition } from "../protocols/compositions.js";
import { outlook } from "../protocols/outlook.js";
import { DEFAULT_THRESHOLD, isLarge, REQUEST_LIMIT, type Settings } from "../settings.js";
import { compose } from "./compose.js";
import { bytesOf, mustFit, mustPass } from "./firstBody.js";
import { openLetter, type Letter } from "./letter.js";
import { withJob } from "./messageCheckpoint.js";
import { isMime, lastingPart, openMime, passMime } from "./mime.js";
import { byOneRequest } from "./oneRequest.js";
import { answer, mustBeClear, opening, sendingFor, withFiles, type OpenedRequest } from "./opened.js";
import { immutableId, mustBeSaved } from "./sentCopy.js";
import type { Work } from "./work.js";

const { inline } = outlook.post;

/** Takes over a POST that creates or sends a message or event with files that do not fit. Returns `false` if it is not one. */
export const composeInstead = (request: InterceptedRequest): Promise<boolean> => opening(request, composedInstead);

async function composedInstead(request: OpenedRequest): Promise<boolean> {
  const { context, files } = request;
  const url = urlOf(context);
  if (files) mustBeWhole(url);
  else if (isCut(url)) return false;
  const composition = compositionFor(url);
  if (files && !composition) {
    throw new UploadError(
      "invalid",
      "withAttachments is for POSTs that create or send a message or an event, or that post to a chat or channel.",
    );
  }
  const settings = withFiles(request.settings, files);
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
    const text = letter.mime !== undefined && settings.checkpoints ? await lastingPart(letter.mime) : (json ?? "");
    return answer(request, () => withJob(work, text, (job) => sendOrCompose(job, url)));
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
  request: OpenedRequest,
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

/** True if a file is larger than the caller lets one request carry. The body of an event carries none. */
function isHeavy({ files }: Letter, { event }: Composition, { threshold }: Settings): boolean {
  const most = threshold ?? (event ? DEFAULT_THRESHOLD : Infinity);
  return files.some(({ content }) => isLarge(content.size, { threshold: most }));
}

/** Checks everything before the first request. */
function workFor(request: OpenedRequest, composition: Composition, letter: Letter, settings: Settings): Work {
  const sending = sendingFor(request, settings);
  const deletesCopy = composition.sends && /^false$/i.test(String(member(letter.body, "saveToSentItems")));
  const place = { protocol: outlook, collection: composition.items };
  const again = (content: Content) =>
    content.anywhere || content.size > REQUEST_LIMIT ? content : remembered(content);
  const jobs = letter.files.map(({ content, file }) => createJob(sending, place, readAhead(again(content)), file));
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
async function sendOrCompose(work: Work, url: string): Promise<Response> {
  if (work.once !== undefined) return composed(work, REQUEST_LIMIT);
  const response = await work.service.upload((service) => byOneRequest({ ...work, service }, url));
  return typeof response === "number" ? composed(work, response) : response;
}
