import { BEFORE, keyed } from "./graph/path.js";

/**
 * How a POST that carries attachments inside is done in steps: the item is created without those that do not fit, they
 * are attached to it, and only then is it sent, or are people invited (rewrites inferred; endpoints documented).
 */
export interface Composition {
  /** URL that creates the item. */
  readonly create: string;
  /** URL below which the created item is found by its id. */
  readonly items: string;
  /** Member of the body that holds the attachments; absent: the body itself does. */
  readonly holder?: "message";
  /** Whether the item is created by the holder alone, and not by the whole body. */
  readonly bare: boolean;
  /** Whether the item is sent at the end. */
  readonly sends: boolean;
  /** Whether attachments may travel in the body that creates the item; events refuse or drop them. */
  readonly inside: boolean;
  /** The permission that creating the item needs. */
  readonly permission: string;
  /** Members that are set only when everything is attached: nobody is invited before. */
  readonly later: readonly string[];
}

const mailbox = `^(${BEFORE}/(?:me|users{}))`;
const action = "(?:microsoft\\.graph\\.)?";
const draft = { bare: false, sends: false, inside: true, later: [], permission: "Mail.ReadWrite" } as const;

/** Each way to compose, by its path. `$1` is the mailbox, `$2` what follows it. */
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
  [
    pattern(`${mailbox}((?:/mailFolders{}(?:/childFolders{})*)?/messages)`),
    (box, path) => ({ ...draft, create: box + path, items: `${box}/messages` }),
  ],
  [
    pattern(`${mailbox}((?:/mailFolders{}(?:/childFolders{})*)?/messages{}/)${action}(reply|replyAll|forward)`),
    (box, path, verb) => ({
      ...draft,
      create: `${box}${path}${creating(verb)}`,
      items: `${box}/messages`,
      holder: "message",
      sends: true,
    }),
  ],
  [
    pattern(`${mailbox}((?:/mailFolders{}(?:/childFolders{})*)?/messages{}/${action}create(?:Reply|ReplyAll|Forward))`),
    (box, path) => ({ ...draft, create: box + path, items: `${box}/messages`, holder: "message" }),
  ],
  [
    pattern(`${mailbox}((?:/calendarGroups{})?(?:/calendar|/calendars{})?/events)`),
    (box, path) => ({
      ...draft,
      create: box + path,
      items: `${box}/events`,
      inside: false,
      later: ["attendees"],
      permission: "Calendars.ReadWrite",
    }),
  ],
];

function pattern(path: string): RegExp {
  return new RegExp(`${keyed(path)}/?$`, "i");
}

const creating = (verb: string) =>
  ({ reply: "createReply", replyall: "createReplyAll", forward: "createForward" })[verb.toLowerCase()]!;

/** How a POST to this URL is composed; `undefined`: it creates nothing that attachments travel in. */
export function compositionFor(url: string): Composition | undefined {
  const [path = ""] = url.split(/[?#]/);
  for (const [way, compose] of ways) {
    const match = way.exec(path);
    if (match) return compose(match[1]!, match[2]!, match[3] ?? "");
  }
  return undefined;
}
