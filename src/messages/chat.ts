// Loaded with the first message to a chat or channel that has files next to it.
import { created } from "../attach/answer.js";
import { createJob, serviceFor } from "../attach/createJob.js";
import type { InterceptedRequest } from "../attach/intercept.js";
import { mustBeWhole } from "../attach/names.js";
import { withTotalProgress } from "../attach/progress.js";
import { UploadError } from "../errors.js";
import { urlOf } from "../http/chain.js";
import { keyOf, parseJson } from "../json.js";
import { drive } from "../protocols/drive.js";
import { conversationAt, teams, type Conversation } from "../protocols/teams.js";
import { postChatMessage } from "./chatMessage.js";
import { openLetter, withEntries } from "./letter.js";
import { answer, mustBeClear, opening, sendingFor, withFiles, type OpenedFiles, type OpenedRequest } from "./opened.js";

/** Takes over a POST of a message to a chat or channel with files next to it. Returns `false` if it is not one. */
export async function postInstead(given: InterceptedRequest): Promise<boolean> {
  const url = urlOf(given.context);
  mustBeWhole(url);
  const conversation = conversationAt(url);
  if (!conversation) return false; // before the files are opened, which streams can be only once
  return opening(given, async (request) => {
    const { files } = request;
    return files !== undefined && answer(request, () => chat(request, conversation, files));
  });
}

/** Posts a message to a chat or channel, with its files. */
async function chat(request: OpenedRequest, conversation: Conversation, files: OpenedFiles): Promise<Response> {
  const url = urlOf(request.context);
  const body: unknown = request.context.options?.body;
  const json = typeof body === "string" ? body : "";
  const holder = conversation.holder && (keyOf(parseJson(json), conversation.holder) ?? conversation.holder);
  const letter = openLetter(json, holder, () => false);
  if (!letter) throw new UploadError("invalid", "withAttachments needs a message as the body of post(…).");
  mustBeClear(letter);
  const settings = withFiles(request.settings, files);
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
