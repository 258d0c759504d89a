import { router, type Route, type Row } from "../router.js";

export type ItemKind = "message" | "event" | "task";
type Holds = "item" | "attachments" | "attachment" | "value" | "createSession";
type Action = "send" | "move" | "reply" | "replyAll" | "forward" | "createReply" | "createReplyAll" | "createForward";
type List = "messages" | "mailFolder" | "events" | "lists" | "list" | "tasks";
export type ItemTarget = Holds | Action | List | "sendMail" | "session" | "content";

/**
 * A path to a message, event or task. Its keys: `user` (absent for `/me`), `folder`, `item`, `attachment`, `session`, and
 * `message` for an event that is addressed through its message.
 */
export type ItemRoute = Route<ItemKind, ItemTarget>;

const owner = "(/me|/users/{user})";
const messages = `${owner}[/mailFolders/{folder}[/childFolders/{folder}]*]/messages`;
const calendar = `${owner}[/calendar|[/calendarGroup|/calendarGroups/{group}]/calendars/{calendar}]`;
const occurrences = "[(/instances|/exceptionOccurrences)/{item}]*";
const message = `${messages}/{item}`;
const event = `(${calendar}(/events|/calendarView)/{item}${occurrences}|${messages}/{message}/event)`;
const lists = `${owner}/todo/lists`;
const task = `${lists}/{list}/tasks/{item}`;

const attachmentKinds = { DELETE: "remove", any: "read" } as const;
const sessionKinds = { PUT: "range", GET: "status", DELETE: "cancel" } as const;
const itemKinds = { PATCH: "patch", DELETE: "discard", any: "item" } as const;

const attachmentsOf = (item: string): Row<Holds>[] => [
  [`${item}/attachments/createUploadSession`, "createSession", { POST: "create" }],
  [`${item}/attachments`, "attachments", { POST: "post", GET: "list" }],
  [`${item}/attachments/{attachment}`, "attachment", attachmentKinds],
  [`${item}/attachments/{attachment}/$value`, "value", attachmentKinds],
];

const readers = [
  router<"message", ItemTarget>("message", [
    [messages, "messages", { POST: "draft", GET: "list", any: "item" }],
    [`${owner}/sendMail`, "sendMail", { POST: "mail" }],
    [message, "item", itemKinds],
    ...attachmentsOf(message),
    [`${owner}/mailFolders/{folder}[/childFolders/{folder}]*`, "mailFolder", { any: "item" }],
    [`${message}/send`, "send", { POST: "send" }],
    [`${message}/move`, "move", { POST: "patch" }],
    [`${message}/reply`, "reply", { POST: "mail" }],
    [`${message}/replyAll`, "replyAll", { POST: "mail" }],
    [`${message}/forward`, "forward", { POST: "mail" }],
    [`${message}/createReply`, "createReply", { POST: "draft" }],
    [`${message}/createReplyAll`, "createReplyAll", { POST: "draft" }],
    [`${message}/createForward`, "createForward", { POST: "draft" }],
  ]),
  router<"event", ItemTarget>("event", [
    [`${calendar}/events`, "events", { POST: "draft", GET: "list", any: "item" }],
    [event, "item", itemKinds],
    ...attachmentsOf(event),
  ]),
  // To Do sessions are on the Graph origin. Those of Outlook are on another host.
  router<"task", ItemTarget>("task", [
    [lists, "lists", { GET: "list", any: "item" }],
    [`${lists}/{list}`, "list", { any: "item" }],
    [`${lists}/{list}/tasks`, "tasks", { GET: "list", any: "item" }],
    [task, "item", { any: "item" }],
    ...attachmentsOf(task),
    [`${task}/attachmentSessions/{session}`, "session", sessionKinds],
    [`${task}/attachmentSessions/{session}/content`, "content", sessionKinds],
  ]),
];

/** The folder or calendar in a path. */
export const placeOf = ({ keys }: ItemRoute): string | undefined => keys.folder ?? keys.calendar;

/** Reads the path of a message, event or task. Undefined for every other path. */
export function readItemPath(pathname: string): ItemRoute | undefined {
  for (const read of readers) {
    const route = read(pathname);
    if (route) return route;
  }
  return undefined;
}
