/** One step of an OData path: a lower-case name and, where one follows, its decoded key. */
export interface Step {
  readonly name: string;
  readonly key?: string;
}

export type ItemKind = "message" | "event" | "task";

/** Which resource a Graph path names. */
export interface Route {
  readonly version: string;
  /** Undefined for `/me`. */
  readonly user?: string;
  readonly kind: ItemKind;
  readonly target:
    | (
        | "messages"
        | "events"
        | "item"
        | "attachments"
        | "attachment"
        | "value"
        | "createSession"
        | "session"
        | "content"
      )
    | ("sendMail" | "send" | "reply" | "replyAll" | "forward" | "createReply" | "createReplyAll" | "createForward");
  /** The innermost mail folder on the way. */
  readonly folder?: string;
  readonly itemId?: string;
  /** Set for `messages/{m}/event`: the event is found through its message. */
  readonly throughMessage?: string;
  readonly attachmentId?: string;
  readonly sessionId?: string;
}

const keyed = new Set(
  (
    "users messages events calendarview instances exceptionoccurrences mailfolders childfolders " +
    "calendars calendargroups lists tasks attachments attachmentsessions"
  ).split(" "),
);

const owner = "(?:me|users\\*)";
const messages = `${owner}(?:/mailfolders\\*(?:/childfolders\\*)*)?/messages`;
const calendar = "(?:/calendar|(?:/calendargroups\\*)?/calendars\\*)?";
const event = `${owner}${calendar}/(?:events|calendarview)\\*(?:/(?:instances|exceptionoccurrences)\\*)*`;
const holds = "|/attachments|/attachments\\*|/attachments\\*/\\$value|/attachments/createuploadsession";
/** To Do sessions live on the Graph origin; Outlook's are on another host. */
const holdsSessions = `${holds}|/attachmentsessions\\*|/attachmentsessions\\*/content`;

const actions = "|/send|/reply|/replyall|/forward|/createreply|/createreplyall|/createforward";

/** Where a POST makes a message or event, or sends one. */
const makers: readonly [ItemKind, Route["target"], RegExp][] = [
  ["message", "messages", new RegExp(`^${messages}$`)],
  ["message", "sendMail", new RegExp(`^${owner}/sendmail$`)],
  ["event", "events", new RegExp(`^${owner}${calendar}/events$`)],
];
const shapes: readonly [ItemKind, RegExp][] = [
  ["message", new RegExp(`^${messages}\\*(${holds}${actions})$`)],
  ["event", new RegExp(`^(?:${event}|${messages}\\*/event)(${holds})$`)],
  ["task", new RegExp(`^${owner}/todo/lists\\*/tasks\\*(${holdsSessions})$`)],
];

const targets: Record<string, Route["target"]> = {
  "": "item",
  "/attachments": "attachments",
  "/attachments*": "attachment",
  "/attachments*/$value": "value",
  "/attachments/createuploadsession": "createSession",
  "/attachmentsessions*": "session",
  "/attachmentsessions*/content": "content",
  "/send": "send",
  "/reply": "reply",
  "/replyall": "replyAll",
  "/forward": "forward",
  "/createreply": "createReply",
  "/createreplyall": "createReplyAll",
  "/createforward": "createForward",
};

/** The route of an absolute Graph URL; undefined outside of the model. */
export const routeOf = (url: string): Route | undefined => readGraphPath(new URL(url).pathname);

/**
 * Reads the path of a Graph URL in any letter case, with keys as segments or in parentheses and percent-encoded or not.
 * Undefined for a path outside of the model.
 */
export function readGraphPath(pathname: string): Route | undefined {
  const segments = decodeSegments(pathname);
  const version = segments?.shift()?.toLowerCase();
  if (!segments || (version !== "v1.0" && version !== "beta")) return undefined;
  const steps = readSteps(segments);
  const shape = steps.map((step) => step.name + (step.key === undefined ? "" : "*")).join("/");
  const user = keyOf(steps, "users");
  const folder = keyOf(steps, "childfolders") ?? keyOf(steps, "mailfolders");
  const maker = makers.find(([, , pattern]) => pattern.test(shape));
  if (maker) return { version, user, kind: maker[0], target: maker[1], folder };
  for (const [kind, pattern] of shapes) {
    const match = pattern.exec(shape);
    const target = match && targets[match[1] ?? ""];
    if (target) return { version, user, kind, target, folder, ...readKeys(steps) };
  }
  return undefined;
}

function readKeys(steps: readonly Step[]): Partial<Route> {
  const end = steps.findIndex(({ name }) => `/${name}` in targets || name.startsWith("attachment"));
  const item = (end < 0 ? steps : steps.slice(0, end)).at(-1);
  return {
    itemId: item?.key,
    throughMessage: item?.name === "event" ? keyOf(steps, "messages") : undefined,
    attachmentId: keyOf(steps, "attachments"),
    sessionId: keyOf(steps, "attachmentsessions"),
  };
}

const keyOf = (steps: readonly Step[], name: string): string | undefined =>
  steps.filter((step) => step.name === name).at(-1)?.key;

/** The last step's name, for error messages. */
export function lastSegment(pathname: string): string {
  return pathname.split("/").filter(Boolean).pop() ?? "";
}

function decodeSegments(pathname: string): string[] | undefined {
  try {
    return pathname
      .replace(/^\//, "")
      .replace(/\/$/, "")
      .split("/")
      .map((segment) => decodeURIComponent(segment));
  } catch {
    return undefined;
  }
}

function readSteps(segments: readonly string[]): Step[] {
  const steps: Step[] = [];
  for (let at = 0; at < segments.length; at++) {
    const segment = segments[at]!;
    const parenthesised = /^([^()]+)\('(.*)'\)$/.exec(segment);
    const name = actionName(parenthesised?.[1] ?? segment);
    if (parenthesised) {
      steps.push({ name, key: parenthesised[2]!.replace(/''/g, "'") });
      continue;
    }
    const next = segments[at + 1];
    const takesKey = keyed.has(name) && next !== undefined && actionName(next) !== "createuploadsession";
    steps.push(takesKey ? { name, key: next } : { name });
    if (takesKey) at++;
  }
  return steps;
}

const actionName = (segment: string): string => segment.toLowerCase().replace(/^microsoft\.graph\./, "");
