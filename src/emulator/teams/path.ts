/** Which chat or channel a Graph path names, and what of it. */
export interface TeamsRoute {
  readonly version: string;
  /** Of the chat or channel. */
  readonly id: string;
  /** Set for channels. */
  readonly team?: string;
  readonly message?: string;
  readonly target: "whole" | "members" | "messages" | "message" | "replies" | "filesFolder";
}

const key = (name: string): string => `(?:\\/(?<${name}>[^/]+)|\\('(?<${name}In>[^']*)'\\))`;
const versions = "^\\/(?<version>v1\\.0|beta)";
const messages = `messages(?:${key("message")})?`;
const shapes = [
  new RegExp(
    `${versions}(?:\\/me|\\/users(?:\\/[^/]+|\\('[^']*'\\)))?\\/chats${key("id")}(?:\\/(?<rest>members|${messages}))?\\/?$`,
    "i",
  ),
  new RegExp(
    `${versions}\\/teams${key("team")}\\/channels${key("id")}(?:\\/(?<rest>filesFolder|${messages}(?<replies>\\/replies)?))?\\/?$`,
    "i",
  ),
];

/** Reads the path of a chat or channel in any letter case; undefined for every other path. */
export function readTeamsPath(pathname: string): TeamsRoute | undefined {
  for (const shape of shapes) {
    const groups = shape.exec(pathname)?.groups;
    if (groups) return readGroups(groups);
  }
  return undefined;
}

function readGroups(groups: Record<string, string | undefined>): TeamsRoute | undefined {
  const read = (name: string): string | undefined => groups[name] ?? groups[`${name}In`];
  try {
    const [id, team, message] = ["id", "team", "message"].map((name) => {
      const raw = read(name);
      return raw === undefined ? undefined : decodeURIComponent(raw);
    });
    if (groups.replies !== undefined && message === undefined) return undefined;
    return { version: groups.version!.toLowerCase(), id: id!, team, message, target: targetOf(groups, message) };
  } catch {
    return undefined;
  }
}

function targetOf(
  { rest, replies }: Record<string, string | undefined>,
  message: string | undefined,
): TeamsRoute["target"] {
  if (rest === undefined) return "whole";
  if (replies !== undefined) return "replies";
  if (message !== undefined) return "message";
  const name = rest.toLowerCase();
  return name === "members" ? "members" : name === "messages" ? "messages" : "filesFolder";
}
