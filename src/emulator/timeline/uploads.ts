import type { RequestLogEntry, SessionInfo, StoredBlob, UploadInfo } from "../api.js";
import { describeStep } from "./steps.js";

/** A file that requests upload, with every session that was opened for it. */
interface File extends Omit<UploadInfo, "steps"> {
  readonly sessions: readonly string[];
  readonly item?: string;
}

const targets: Readonly<Record<string, string>> = {
  messages: "message",
  events: "event",
  tasks: "task",
  documents: "print document",
  workitems: "work item",
};

/** Groups the log by file. A request about an item belongs to its file, if the item has only one. */
export function groupUploads(
  requests: readonly RequestLogEntry[],
  sessions: readonly SessionInfo[],
  blobs: readonly StoredBlob[],
): UploadInfo[] {
  const files = [...graphFiles(sessions), ...blobs.map(workItemFile)];
  const groups = new Map<string, UploadInfo & { readonly steps: UploadInfo["steps"][number][] }>();
  for (const [at, request] of requests.entries()) {
    const file = fileOf(request, files);
    const { name = "", target = targetOf(request), size, state } = file ?? {};
    const key = file ? `file ${files.indexOf(file)}` : `item ${request.item ?? ""} ${target}`;
    const group = groups.get(key) ?? { name, target, size, state, steps: [] };
    groups.set(key, group);
    group.steps.push(describeStep(request, at + 1));
  }
  return [...groups.values()];
}

/** The files of the sessions. A session that replaces a lost one is for the same file, and the latest one counts. */
function graphFiles(sessions: readonly SessionInfo[]): File[] {
  const files = new Map<string, File>();
  for (const { id, item, protocol, name, size, state } of sessions) {
    const key = JSON.stringify([protocol, protocol === "drive" ? item.path : item.id, name]);
    const before = files.get(key);
    // A second file of the same name is another one if the first is complete.
    if (before?.state === "complete") files.set(`${key} ${before.sessions.join()}`, before);
    const earlier = before && before.state !== "complete" ? before.sessions : [];
    const target = protocol === "drive" ? "drive" : (targets[collectionIn(item.path)] ?? "");
    files.set(key, {
      ...{ name, target, state, size: size || before?.size || undefined },
      ...{ sessions: [...earlier, id], item: protocol === "drive" ? undefined : item.id },
    });
  }
  return [...files.values()];
}

const workItemFile = ({ id, fileName, bytes, complete, linkedTo }: StoredBlob): File => ({
  ...{ name: fileName ?? "", target: "work item", sessions: [id], state: complete ? "complete" : "open" },
  ...{ size: complete ? bytes.length : undefined, item: linkedTo[0]?.toString() },
});

function fileOf(request: RequestLogEntry, files: readonly File[]): File | undefined {
  const { session, item } = request;
  if (session !== undefined) return files.find(({ sessions }) => sessions.includes(session));
  if (item !== undefined) return only(files.filter((file) => file.item === item));
  const path = decode(request.path).split("?")[0]!;
  return only(files.filter(({ target, name }) => target === "drive" && hasName(path, name)));
}

/** True for a path of a drive that names the file: `/me/drive/root:/Reports/big.zip:/content`. */
const hasName = (path: string, name: string): boolean => path.endsWith(`/${name}`) || path.includes(`/${name}:`);

const only = <T>(all: readonly T[]): T | undefined => (all.length === 1 ? all[0] : undefined);

const collectionIn = (path: string): string =>
  /\/(messages|events|tasks|documents|workitems)(?=[/(])(?!.*\/(?:messages|events|tasks|documents)[/(])/i
    .exec(path)?.[1]
    ?.toLowerCase() ?? "";

const targetOf = ({ item, path, kind }: RequestLogEntry): string => {
  if (kind === "mail") return "message";
  return item === undefined ? "" : (targets[collectionIn(path)] ?? "message");
};

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
