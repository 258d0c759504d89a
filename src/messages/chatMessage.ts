import { attachFiles, attachInTurn } from "../attach/attachFiles.js";
import { discard } from "../attach/discard.js";
import { UploadError } from "../errors.js";
import { NoReply, Refusal } from "../http/refusal.js";
import { once } from "../attach/once.js";
import type { Reply } from "../protocol.js";
import { itemUrl } from "../protocols/graph/drivePath.js";
import { item } from "../protocols/graph/item.js";
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
import type { Queue } from "../http/queue.js";
import type { Service } from "../http/service.js";
import type { UploadPlan } from "../upload/session.js";

/** A message to a chat or channel, and the files that it is to refer to. */
export interface ChatWork {
  readonly conversation: Conversation;
  /** Teams, and the drive that the files go to. */
  readonly teams: Service;
  readonly drive: Service;
  readonly url: string;
  readonly message: Readonly<Record<string, unknown>>;
  /** The files' uploads, but for the folder that they go to. */
  readonly plans: readonly UploadPlan[];
  /** What uploads wait for their turn in. */
  readonly queue: Queue;
}

/**
 * Uploads the files, lets the people of the chat open them, and posts the message with references to them, as Teams itself
 * does. What fails before the message is posted deletes the files again. Answers the message.
 */
export async function postChatMessage(work: ChatWork): Promise<object> {
  const { conversation, drive, teams } = work;
  const { files, api } = conversation;
  const collection = "children" in files ? files.children : await folderOf(teams, files.folder, api);
  const uploaded: string[] = [];
  let posted = false;
  try {
    const plans = work.plans.map((plan) => ({ ...plan, collection }));
    const made = await attachFiles(plans, async (plan) => {
      const file = (await attachInTurn(plan, work.queue)) as { readonly id: string };
      uploaded.push(itemUrl(collection, file.id));
      return file;
    });
    if (conversation.members) await share(work, uploaded, made);
    const references = [];
    for (const file of uploaded) references.push(await drive.ask(askReference(file), readReference));
    return await post(work, withReferences(work.message, references), (now) => (posted = now));
  } catch (error) {
    if (!posted || error instanceof Refusal) await discardAll(drive, uploaded, error);
    throw error;
  }
}

/** A folder that is about to be made is there soon; one that never comes is told early. */
const FOLDER_RETRIES = 3;

/** The folder of a channel is made when it is first needed. */
async function folderOf(service: Service, url: string, api: string): Promise<string> {
  for (const patience = service.patience(FOLDER_RETRIES); ;) {
    const found = await service.ask(item.read(url), (reply) =>
      reply.status === 404 ? { missing: reply } : (readFolder(reply, api) ?? undefined),
    );
    if (typeof found === "string") return found;
    if (!(await patience.again(found.missing))) throw service.refusal(found.missing);
  }
}

/** Lets everybody in the chat open the files. */
async function share(
  { conversation, drive, teams }: ChatWork,
  files: readonly string[],
  made: readonly object[],
): Promise<void> {
  const people: Person[] = [];
  for (let next = conversation.members; next !== undefined;) {
    const page = await teams.ask(item.read(next), readMembers);
    people.push(...page.people);
    next = page.next;
  }
  const recipients = recipientsFrom(people, made.map(creatorOf));
  const done = ({ status }: Reply) => (status < 300 ? true : undefined);
  if (recipients.length > 0) for (const file of files) await drive.ask(invite(file, recipients), done);
}

/** Posts the message, never twice. */
async function post({ teams, url }: ChatWork, message: object, mayBeDone: (now: boolean) => void): Promise<object> {
  const answer = await once(teams, item.create(url, message), mayBeDone);
  const reply = answer instanceof NoReply ? undefined : answer;
  const posted = reply && item.members(reply);
  if (posted) return posted;
  if (reply && teams.protocol.trouble(reply) !== "passing" && reply.status >= 300) throw teams.refusal(reply);
  const told =
    "Whether the message was posted is not known, for the reply to it was lost; its files are in the drive. Look before posting again.";
  throw new UploadError("uncertain", told, { cause: reply ? undefined : answer });
}

async function discardAll(service: Service, files: readonly string[], cause: unknown): Promise<void> {
  const left: string[] = [];
  for (const url of files) {
    const id = decodeURIComponent(url.split("/").at(-1)!);
    await discard(service, { url, id, message: id, cause }).catch(() => left.push(id));
  }
  if (left.length === 0) return;
  const message = `No message was posted, but files that were uploaded for it could not be deleted again: ${left.join(", ")}.`;
  throw new UploadError("leftBehind", message, { cause, item: left[0] });
}
