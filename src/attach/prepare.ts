import type { GraphRequest } from "@microsoft/microsoft-graph-client";
import { checkpointOf, type CheckpointStore } from "../upload/checkpoints.js";
import { UploadError } from "../errors.js";
import { fingerprint } from "../files/fingerprint.js";
import type { AttachOptions, OpenedFile } from "../fileToAttach.js";
import { headOf } from "../client/head.js";
import { askedOptions, settings } from "../options.js";
import { limitOf, planOf, serviceOf } from "./plan.js";
import type { Target, UploadProtocol } from "../protocol.js";
import type { Queue } from "../http/queue.js";
import type { UploadPlan } from "../upload/session.js";
import type { Sharing } from "./overflow.js";
import { signalOf } from "../client/recognise.js";
import { isSound } from "../upload/storedSession.js";
import { targetOf } from "./match.js";
import { trafficOf } from "../http/traffic.js";
import { callOf } from "../http/transport.js";

/** An upload that is ready to begin, and the queue that it waits in. */
export interface Prepared {
  readonly plan: UploadPlan;
  readonly queue: Queue;
  /** What the upload waits for its turn with. */
  readonly key: string | undefined;
  /** Who gets a link to the file, in place of the file. */
  readonly sharing?: Omit<Sharing, "plan">;
}

/** Checks what was asked; nothing is sent. `protocols`: what the client's URLs can be. */
export async function prepare(
  request: GraphRequest,
  protocols: readonly UploadProtocol[],
  { source, options }: OpenedFile,
): Promise<Prepared> {
  const call = await callOf(request);
  const url = call.context.request as string;
  const target = mustTake(url, protocols);
  const { protocol, collection } = target;
  const { about, areaPath, checkpoints, overflow, linkScope, upload } = sorted(options);
  const { gate, items: queue } = trafficOf(call.next);
  const defaults = headOf(call.next)?.options;
  const asked = settings(defaults, { signal: signalOf(call.context) }, askedOptions(call.context), upload);
  const common = { call, gate, content: source.content, settings: asked };
  const name = nameFor(target, about.name) ?? source.name ?? "";
  const file = { ...about, name, contentType: about.contentType ?? source.type };
  const tooLarge = source.content.size > limitOf(target, asked);
  const over = overflow && tooLarge ? protocol.overflow?.(collection) : undefined;
  const plan = over
    ? planOf({
        ...common,
        ...mustTake(over.folder, protocols),
        file: { ...file, conflictBehavior: "rename" },
        settings: { ...asked, maxSize: undefined },
      })
    : planOf({ ...common, protocol, collection: withArea(collection, areaPath), file });
  const sharing = over && {
    ...{ collection, item: over.item, scope: linkScope ?? "organization", queue },
    service: serviceOf({ ...common, protocol }, collection),
  };
  const linkTo = protocol.linking?.item(url);
  const kept = checkpoints && (await keeping(plan, checkpoints, linkTo ?? (over ? collection : plan.collection)));
  return { plan: { ...plan, ...kept, linkTo }, queue, key: linkTo ?? protocol.item?.(collection, file), sharing };
}

function mustTake(url: string, protocols: readonly UploadProtocol[]): Target {
  const target = targetOf(url, protocols);
  if (target) return target;
  const path = URL.canParse(url) ? new URL(url).pathname : "This URL";
  const takers =
    "an Outlook message or event, a To Do task, a file of a drive, or a print document (or a work item, with createAzureDevOpsClient)";
  throw new UploadError("invalid", `${path} takes no attachments: give the URL of ${takers}.`);
}

/** What is said of the file, apart from how it is uploaded. */
function sorted(options: AttachOptions) {
  const { name, contentType, isInline, contentId, comment, areaPath, size: _, checkpoints, ...more } = options;
  const { conflictBehavior, description, fileSystemInfo, deferCommit, overflow, linkScope, ...upload } = more;
  const onDrive = { conflictBehavior, description, fileSystemInfo, deferCommit };
  return {
    about: { name, contentType, isInline, contentId, comment, ...onDrive },
    ...{ areaPath, checkpoints, overflow, linkScope, upload },
  };
}

/** The name that was asked for, which must be that of the URL where it has one. */
function nameFor({ protocol, collection }: Target, asked: string | undefined): string | undefined {
  const named = protocol.nameIn?.(collection);
  if (named === undefined || asked === undefined || named === asked) return named ?? asked;
  throw new UploadError(
    "invalid",
    `The URL names the file ${named}, but name says ${asked}: leave name out, or give the URL of the folder's children.`,
  );
}

function withArea(collection: string, areaPath: string | undefined): string {
  if (areaPath === undefined) return collection;
  if (/[\ud800-\udfff]/u.test(areaPath))
    throw new UploadError("invalid", "areaPath holds half of a character: give well-formed text.");
  return `${collection}${collection.includes("?") ? "&" : "?"}areaPath=${encodeURIComponent(areaPath)}`;
}

/** Where a plan's session is kept; one that was stored is of the same file to the same item, or is not found. */
async function keeping(plan: UploadPlan, store: CheckpointStore, item: string): Promise<Partial<UploadPlan>> {
  if (!plan.content.anywhere) {
    throw new UploadError(
      "invalid",
      "checkpoints need a file that can be read at any place, for a stream cannot be told from another: attach a Blob.",
    );
  }
  const print = await fingerprint(plan.content);
  const checkpoint = await checkpointOf(store, item, plan.file.name, print);
  const load = async () => {
    const stored = await checkpoint.load();
    return stored && stored.fingerprint === print && isSound(stored, [plan.service.protocol]) ? stored : undefined;
  };
  return { fingerprint: print, checkpoint: { ...checkpoint, load } };
}
