import { attachFiles } from "../attach/attachFiles.js";
import { attachInTurn } from "../attach/attachFile.js";
import { discardItem } from "../attach/discardItem.js";
import { UploadError } from "../errors.js";
import { isUndone } from "../http/refusal.js";
import type { Service } from "../http/service.js";
import { member, text, type Members } from "../json.js";
import type { Reply } from "../protocol.js";
import { drive as driveProtocol } from "../protocols/drive.js";
import { itemUrl } from "../protocols/graph/drivePath.js";
import { item } from "../protocols/graph/item.js";
import { decoded } from "../protocols/graph/path.js";
import { invite } from "../protocols/sharing.js";
import {
  askReference,
  creatorOf,
  readFolder,
  readMembers,
  readReference,
  recipientsFrom,
  withReferences,
  type Conversation,
  type Person,
} from "../protocols/teams.js";
import type { Job } from "../upload/job.js";

/** A message to a chat or channel, and the files that it refers to. */
export interface ChatWork {
  readonly conversation: Conversation;
  /** Teams, and the drive that the files go to. */
  readonly teams: Service;
  readonly drive: Service;
  readonly url: string;
  readonly message: Members;
  /** The uploads of the files, except for their folder. */
  readonly jobs: readonly Job[];
}

/**
 * Uploads the files, gives the people of the chat access, and posts the message with references to the files, as Teams itself
 * does. If that fails before the message is posted, deletes the files. Returns the message.
 */
export async function postChatMessage(work: ChatWork): Promise<object> {
  const { conversation, drive, teams } = work;
  const { files, api } = conversation;
  const collection = "children" in files ? files.children : await folderOf(teams, files.folder, api);
  const uploaded: string[] = [];
  let mayBePosted = false;
  try {
    const turn = ({ file }: Job) => driveProtocol.target.item?.(collection, file);
    const jobs = work.jobs.map((job) => ({ ...job, collection, turn: turn(job) }));
    const made = await attachFiles(jobs, async (job) => {
      const file = await attachInTurn(job);
      uploaded.push(itemUrl(collection, text(member(file, "id")) ?? ""));
      return file;
    });
    if (conversation.members) await share(work, uploaded, made);
    const references = [];
    for (const file of uploaded) references.push(await drive.get(askReference(file), readReference));
    return await post(work, withReferences(work.message, references), (now) => (mayBePosted = now));
  } catch (error) {
    if (!mayBePosted || isUndone(error)) await drive.cleanUp((free) => discardAll(free, uploaded, error));
    throw error;
  }
}

/** A folder that is about to be created exists soon. One that never comes is reported early. */
const FOLDER_RETRIES = 3;

/** The folder of a channel is created when it is first needed. */
async function folderOf(service: Service, url: string, api: string): Promise<string> {
  for (const retrier = service.retrier(FOLDER_RETRIES); ;) {
    const found = await service.get<string | { readonly missing: Reply }>(item.read(url), (reply) =>
      reply.status === 404 ? { missing: reply } : readFolder(reply, api),
    );
    if (typeof found === "string") return found;
    if (!(await retrier.next())) throw service.refusal(found.missing);
  }
}

/** Gives everybody in the chat access to the files. */
async function share(
  { conversation, drive, teams }: ChatWork,
  files: readonly string[],
  made: readonly object[],
): Promise<void> {
  const people: Person[] = [];
  for (let next = conversation.members; next !== undefined;) {
    const page = await teams.get(item.read(next), readMembers);
    people.push(...page.people);
    next = page.next;
  }
  const recipients = recipientsFrom(people, made.map(creatorOf));
  const done = ({ status }: Reply) => (status < 300 ? true : undefined);
  if (recipients.length > 0) for (const file of files) await drive.get(invite(file, recipients), done);
}

/** Posts the message, never twice. `mayBeDone` is called when the message may have been posted, or certainly was not. */
function post({ teams, url }: ChatWork, message: object, mayBeDone: (now: boolean) => void): Promise<object> {
  return teams.ask<object>({
    async request() {
      mayBeDone(true);
      return item.create(url, message);
    },
    read(reply) {
      mayBeDone(teams.api.verdict(reply) !== "busy");
      return item.members(reply);
    },
    repeat: "ifNotTaken",
    uncertain(cause) {
      const told =
        "The message was not confirmed, so it may have been posted. Its files are in the drive. Check the conversation before you post it again.";
      return new UploadError("uncertain", told, { cause });
    },
  });
}

async function discardAll(service: Service, files: readonly string[], cause: unknown): Promise<void> {
  const left: string[] = [];
  for (const url of files) {
    const id = decoded(url.slice(url.lastIndexOf("/") + 1));
    await discardItem(service, { url, id, message: id, cause }).catch(() => left.push(id));
  }
  if (left.length === 0) return;
  const message = `No message was posted, but files that were uploaded for it could not be deleted: ${left.join(", ")}.`;
  throw new UploadError("leftBehind", message, { cause, item: left[0] });
}
