import { UploadError } from "../errors.js";
import { graphError, Refusal } from "../http/refusal.js";
import type { Service } from "../http/service.js";
import type { Members } from "../isObject.js";
import { member } from "../json.js";
import type { Reply } from "../protocol.js";
import { item } from "../protocols/graph/item.js";

/** An item that holds everything, and is about to reach people. */
export interface Handover {
  readonly service: Service;
  readonly url: string;
  readonly id: string;
  /** See `Ask.pending`. */
  pending(maybe: boolean): void;
  /** Present under the option `once`: what to do if nobody knows whether it was sent. */
  readonly again?: string;
}

/** Says how a request ended that nobody knows the outcome of. */
export function ending(cause: unknown, what: string): string {
  const status = member(cause, "statusCode");
  return typeof status === "number"
    ? `Outlook answered ${status} to ${what}, which doesn't tell whether it was done.`
    : `No reply to ${what} arrived, so it may have been done.`;
}

/** Says where to look for a message that may have been sent. */
export function whereToLook(deferred: boolean): string {
  return deferred
    ? "If it was accepted, it waits in Drafts until its time: look there before you send it again."
    : "Check Sent Items before you send it again.";
}

/** Sends a draft, never twice: after a doubt, the draft itself shows whether it has been sent. */
export async function send({ service, url, id, pending, again }: Handover, deferred: boolean): Promise<void> {
  await service.ask<true>({
    request: item.send(url),
    read: item.done,
    repeat: "ifNotTaken",
    pending,
    async settle() {
      const isGone = (reply: Reply) => (reply.status === 404 ? { isDraft: false } : item.members(reply));
      const state = await service.get(item.read(url, "isDraft"), isGone).catch(() => undefined);
      return member(state, "isDraft") === false ? true : undefined;
    },
    uncertain(cause) {
      const message = `${ending(cause, "the sending")} ${again ?? whereToLook(deferred)} Its id is ${id}.`;
      return new UploadError("uncertain", message, { item: id, cause });
    },
  });
}

/**
 * Sets what waited for the attachments. Doing it again does no harm, but is avoided if it was done. Returns the item, if the
 * reply holds it.
 */
export async function invite({ service, url, id, pending }: Handover, later: Members): Promise<Members | undefined> {
  const [name = ""] = Object.keys(later);
  const uncertain = (cause: unknown) => {
    const message = `The event ${id} exists with its attachments, but people may not have been invited.`;
    return new UploadError("uncertain", message, { item: id, cause });
  };
  const { made } = await service.ask<{ readonly made?: Members }>({
    request: item.change(url, later),
    read: (reply) => item.done(reply) && { made: item.members(reply) },
    repeat: "always",
    pending,
    async settle() {
      const state = await service.get(item.read(url, name), item.members).catch(() => undefined);
      const people = member(state, name);
      return Array.isArray(people) && people.length > 0 ? {} : "notDone";
    },
    uncertain,
  });
  return member(made, "id") === undefined ? undefined : made;
}

/** True if people were invited to an event by an earlier try. */
export async function isInvited({ service, url }: Handover, later: Members): Promise<boolean> {
  const [name = ""] = Object.keys(later);
  const people = member(await service.get(item.read(url, name), item.members), name);
  return Array.isArray(people) && people.length > 0;
}

/** Deletes the copy in Sent Items, once the message has gone: deleting it earlier would stop it. */
export async function deleteCopy({ service, url, id }: Handover): Promise<void> {
  const isSent = (reply: Reply) => member(item.members(reply), "isDraft") === false;
  try {
    const retrier = service.retrier();
    while (!isSent(await service.get(item.read(url, "isDraft"), (reply) => reply))) {
      if (!(await retrier.next())) throw new Error("The message is still being sent.");
    }
    await service.get(item.discard(url), (reply) => item.done(reply) ?? (reply.status === 404 ? true : undefined));
  } catch (error) {
    const message = `The message was sent, but its copy ${id} in Sent Items could not be deleted.`;
    const cause = error instanceof Refusal ? graphError(error.reply) : error;
    throw new UploadError("leftBehind", message, { cause, item: id });
  }
}
