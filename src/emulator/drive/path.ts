/** Which drive, item and part of it a Graph path names. */
export interface DriveRoute {
  readonly version: string;
  readonly drive: DriveReference;
  /** The item that the address begins at, and the names that lead on from there. */
  readonly from:
    | { readonly root: true }
    | { readonly id: string }
    | { readonly special: string }
    | { readonly share: string }
    | { readonly listItem: string };
  readonly names?: readonly string[];
  readonly target: DriveTarget;
}

export type DriveReference =
  | { readonly owner: "me" | "users" | "groups" | "sites"; readonly id?: string }
  | { readonly id: string }
  | { readonly share: string };

export type DriveTarget =
  ("drive" | "item" | "children" | "content" | "createUploadSession") | ("createLink" | "invite" | "permissions");

interface Step {
  readonly name: string;
  readonly key?: string;
  /** What stands between `:/` and `:`. */
  readonly names?: readonly string[];
}

const keyed = new Set(["users", "groups", "sites", "drives", "items", "special", "shares", "lists"]);

const owner = "(?:me|users\\*|groups\\*|sites\\*:?)";
const address = "(?:root|items\\*|special\\*):?";
const shape = new RegExp(
  `^(?:(?:${owner}/drive|(?:${owner}/)?drives\\*)(?:/${address})?|shares\\*/(?:driveitem|root|items\\*):?|sites\\*:?/lists\\*/items\\*/driveitem:?)` +
    "(|/children|/content|/createuploadsession|/createlink|/invite|/permissions)$",
);
const targets: Record<string, DriveTarget> = {
  "": "item",
  "/children": "children",
  "/content": "content",
  "/createuploadsession": "createUploadSession",
  "/createlink": "createLink",
  "/invite": "invite",
  "/permissions": "permissions",
};

/**
 * Reads the path of a Graph URL that leads to a drive: any letter case, keys as segments or in parentheses, names by
 * `:/path:`. Undefined for every other path.
 */
export function readDrivePath(pathname: string): DriveRoute | undefined {
  const [, first = "", ...segments] = pathname.replace(/\/$/, "").split("/");
  const version = first.toLowerCase();
  if (version !== "v1.0" && version !== "beta") return undefined;
  const steps = readSteps(segments);
  const match = steps && shape.exec(steps.map(shapeOf).join("/"));
  if (!steps || !match) return undefined;
  const target = targets[match[1] ?? ""] ?? "item";
  const place = target === "item" ? steps : steps.slice(0, -1);
  const { names } = place.at(-1)!;
  const found = { version, drive: driveOf(place), from: startOf(place), names };
  const whole = ["drive", "drives"].includes(place.at(-1)!.name);
  if (whole && target !== "item") return undefined;
  return { ...found, target: whole ? "drive" : target };
}

const shapeOf = ({ name, key, names }: Step): string => `${name}${key === undefined ? "" : "*"}${names ? ":" : ""}`;

function driveOf(place: readonly Step[]): DriveReference {
  const drives = place.find(({ name }) => name === "drives");
  if (drives?.key !== undefined) return { id: drives.key };
  const { name, key, names } = place[0]!;
  if (name === "shares") return { share: key ?? "" };
  return { owner: name as "me" | "users" | "groups" | "sites", id: names ? `${key}:/${names.join("/")}` : key };
}

function startOf(place: readonly Step[]): DriveRoute["from"] {
  const { name, key = "" } = place.at(-1)!;
  if (name === "items") return key.toLowerCase() === "root" ? { root: true } : { id: key };
  if (name === "special") return { special: key.toLowerCase() };
  const { name: before, key: id = "" } = place.at(-2) ?? place[0]!;
  // Both names of a share's item are documented.
  if (before === "shares") return { share: id };
  return name === "driveitem" ? { listItem: id } : { root: true };
}

/** Undefined for a path that cannot be decoded or whose colons lead nowhere. */
function readSteps(segments: readonly string[]): Step[] | undefined {
  const rest = [...segments];
  const steps: Step[] = [];
  try {
    while (rest.length > 0) {
      const step = readStep(rest);
      if (!step) return undefined;
      steps.push(step);
    }
  } catch {
    return undefined;
  }
  return steps;
}

/** Takes a name with its key, and the names after a colon, from the front. */
function readStep(rest: string[]): Step | undefined {
  const raw = rest.shift()!;
  const parenthesised = /^([^()]+)\('(.*)'\):?$/.exec(decodeURIComponent(raw));
  const name = plainName(parenthesised?.[1] ?? decoded(raw));
  const takesKey = !parenthesised && !raw.endsWith(":") && keyed.has(name) && rest.length > 0;
  const last = takesKey ? rest.shift()! : raw;
  const key = takesKey ? decoded(last) : parenthesised?.[2]?.replace(/''/g, "'");
  if (!last.endsWith(":")) return { name, key };
  const end = rest.findIndex((segment) => segment.endsWith(":"));
  const names = rest.splice(0, end < 0 ? rest.length : end + 1).map(decoded);
  return names.length === 0 || names.includes("") ? undefined : { name, key, names };
}

/** A segment without the colon that may end it. */
const decoded = (segment: string): string => decodeURIComponent(segment.replace(/:$/, ""));

const plainName = (segment: string): string => segment.toLowerCase().replace(/^microsoft\.graph\./, "");
