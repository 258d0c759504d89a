import { attachFiles } from "../attach/attachFiles.js";
import { attachInTurn } from "../attach/attachFile.js";
import { folderOf } from "../attach/filesFolder.js";
import { discardItem } from "../attach/discardItem.js";
import { UploadError } from "../errors.js";
import { graphError, isUndone, Refusal, withWords } from "../http/refusal.js";
import type { Service } from "../http/service.js";
import type { Members } from "../isObject.js";
import { member, text } from "../json.js";
import { drive as driveProtocol } from "../protocols/drive.js";
import { itemUrl } from "../protocols/graph/drivePath.js";
import { item } from "../protocols/graph/item.js";
import { decoded } from "../protocols/graph/path.js";
import { invite } from "../protocols/sharing.js";
import {
  askReference,
  creatorOf,
  inMessage,
  readMembers,
  namesOf,
  notInvited,
  othersIn,
  readReference,
  recipient,
  withReferences,
  type Conversation,
  type Person,
  type Reference,
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
  const people = await membersOf(work);
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
    for (const [index, url] of uploaded.entries()) {
      await share(drive, { url, name: nameOf(made[index]) }, othersIn(people, made.map(creatorOf)));
    }
    const references: Reference[] = [];
    for (const file of uploaded) references.push(await drive.get(askReference(file), readReference));
    const whole = inMessage(work.message, conversation.holder, (one) => withReferences(one, references));
    return await post(work, whole, (now) => (mayBePosted = now));
  } catch (error) {
    if (!mayBePosted || isUndone(error)) await drive.cleanUp((free) => discardAll(free, uploaded, error));
    throw error;
  }
}

/** The people of a chat. Those of a channel have access to its folder. */
async function membersOf({ conversation, teams }: ChatWork): Promise<Person[]> {
  const people: Person[] = [];
  for (let next = conversation.members; next !== undefined;) {
    const page = await teams.get(item.read(next), readMembers);
    people.push(...page.people);
    next = page.next;
  }
  return people;
}

const nameOf = (file: object | undefined) => text(member(file, "name")) ?? "the file";

/** An uploaded file. */
interface SharedFile {
  readonly url: string;
  readonly name: string;
}

/** More people than this are not invited one by one. */
const FEW = 20;

/** Gives people access to a file. Names those who could not be invited. */
async function share(drive: Service, file: SharedFile, people: readonly Person[]): Promise<void> {
  if (people.length === 0) return;
  const asked = invite(file.url, people.map(recipient));
  try {
    const left = notInvited(await drive.get(asked, (reply) => (reply.status < 300 ? reply : undefined)), people);
    if (left.length === 0) return;
    throw new UploadError("invalid", `Nothing was posted. ${without(file, left)}`);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const left = people.length > 1 && people.length <= FEW ? await leftAlone(drive, file, people) : people;
    if (left.length > 0) throw withWords(error, without(file, left));
  }
}

/** Invites people one by one, because an invitation is refused for everybody if it is for one. */
async function leftAlone(drive: Service, { url }: SharedFile, people: readonly Person[]): Promise<Person[]> {
  const left: Person[] = [];
  for (const one of people) {
    const reply = await drive
      .get(invite(url, [recipient(one)]), (answer) => (answer.status < 300 ? answer : undefined))
      .catch((error: unknown) => {
        if (!(error instanceof Refusal)) throw error;
      });
    if (!reply || notInvited(reply, [one]).length > 0) left.push(one);
  }
  return left;
}

const without = ({ name }: SharedFile, people: readonly Person[]) =>
  `${namesOf(people)} could not be given access to ${name}. Share it in another way.`;

/** Posts the message, never twice. `pending` is called when the message may have been posted, or certainly was not. */
function post({ teams, url }: ChatWork, message: object, pending: (maybe: boolean) => void): Promise<object> {
  return teams.ask<object>({
    request: item.create(url, message),
    read: item.members,
    repeat: "ifNotTaken",
    pending,
    uncertain(cause) {
      const words =
        "The message was not confirmed, so it may have been posted. Its files are in the drive. Check the conversation before you post it again.";
      return new UploadError("uncertain", words, { cause });
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
  const reason = cause instanceof Refusal ? graphError(cause.reply) : cause;
  throw new UploadError("leftBehind", message, { cause: reason, item: left[0] });
}
