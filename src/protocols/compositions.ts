import { BEFORE, keyed, splitUrl } from "./graph/path.js";

/**
 * The steps of a POST with attachments inside: the item is created without those that do not fit, they are attached to it,
 * and only then is it sent, or are people invited (rewrites inferred; endpoints documented).
 */
export interface Composition {
  /** URL that creates the item. */
  readonly create: string;
  /** URL below which the created item is found by its id: where it was made, because a shared one is found nowhere else. */
  readonly items: string;
  /** Member of the body that holds the attachments. Absent if the body itself does. */
  readonly holder?: "message";
  /** The item is created from the holder alone, not from the whole body. */
  readonly bare: boolean;
  /** The item is sent at the end. */
  readonly sends: boolean;
  /** Attachments may travel in the body that creates the item. Events refuse or drop them. */
  readonly inside: boolean;
  readonly event: boolean;
  /** An answer to a message, which the service makes. Its draft may hold attachments that are not ours. */
  readonly answers: boolean;
  /** The permission that creating the item needs. */
  readonly permission: string;
  /** Members, in lower case, that are set only when everything is attached, so that nobody is invited before. */
  readonly later: readonly string[];
}

const mailbox = `^(${BEFORE}/(?:me|users{}))`;
const action = "(?:microsoft\\.graph\\.)?";
const messages = "(?:/mailFolders{}(?:/childFolders{})*)?/messages";
const draft = {
  bare: false,
  sends: false,
  inside: true,
  event: false,
  answers: false,
  later: [],
  permission: "Mail.ReadWrite",
};

/** The ways to compose, by their paths. The groups are the mailbox, what follows it, and the verb. */
const ways: readonly (readonly [
  pattern: RegExp,
  compose: (mailbox: string, rest: string, verb: string) => Composition,
])[] = [
  [
    pattern(`${mailbox}()/${action}sendMail`),
    (box) => ({
      ...draft,
      create: `${box}/messages`,
      items: `${box}/messages`,
      holder: "message",
      bare: true,
      sends: true,
    }),
  ],
  [pattern(`${mailbox}(${messages})`), (box, path) => ({ ...draft, create: box + path, items: box + path })],
  [
    pattern(`${mailbox}(${messages}{}/)${action}(reply|replyAll|forward)`),
    (box, path, verb) => ({
      ...draft,
      create: `${box}${path}${CREATING[verb.toLowerCase()]}`,
      items: `${box}/messages`,
      holder: "message",
      sends: true,
      answers: true,
    }),
  ],
  [
    pattern(`${mailbox}(${messages}{}/${action}create(?:Reply|ReplyAll|Forward))`),
    (box, path) => ({
      ...draft,
      create: box + path,
      items: `${box}/messages`,
      holder: "message",
      answers: true,
    }),
  ],
  [
    pattern(`${mailbox}((?:/calendarGroup|/calendarGroups{})?(?:/calendar|/calendars{})?/events)`),
    (box, path) => ({
      ...draft,
      create: box + path,
      items: box + path,
      inside: false,
      event: true,
      later: ["attendees"],
      permission: "Calendars.ReadWrite",
    }),
  ],
];

const CREATING: Readonly<Record<string, string>> = {
  reply: "createReply",
  replyall: "createReplyAll",
  forward: "createForward",
};

function pattern(path: string): RegExp {
  return new RegExp(`${keyed(path)}/?$`, "i");
}

/** The composition of a POST to this URL. `undefined` if it creates nothing that attachments travel in. */
export function compositionFor(url: string): Composition | undefined {
  const [path] = splitUrl(url);
  for (const [way, compose] of ways) {
    const [found, box = "", rest = "", verb = ""] = way.exec(path) ?? [];
    if (found !== undefined) return compose(box, rest, verb);
  }
  return undefined;
}
