import type { GraphRequest, Middleware } from "@microsoft/microsoft-graph-client";
import { checkpointOf, type CheckpointStore } from "./checkpoints.js";
import { openSource, type AttachmentSource } from "./content/content.js";
import { UploadError } from "./errors.js";
import { fingerprint } from "./content/fingerprint.js";
import { headOf } from "./head.js";
import { askedOptions, settings, type UploadOptions } from "./options.js";
import { limitOf, planOf, serviceOf } from "./attaching/plan.js";
import { graphProtocols } from "./protocols/index.js";
import type { FileInfo, Target, UploadProtocol } from "./protocol.js";
import type { LinkScope } from "./protocols/sharing.js";
import type { Queue } from "./engine/queue.js";
import type { UploadPlan } from "./engine/session.js";
import type { Sharing } from "./messages/shareInstead.js";
import { isSound } from "./storedSession.js";
import { targetOf } from "./target.js";
import { Traffic } from "./engine/traffic.js";
import { callOf, type Call } from "./engine/transport.js";

/** What is said of a file. What it knows of itself need not be said. */
export interface FileDetails {
  /** File name as people see it. Taken from a `File`. */
  readonly name?: string;
  /** Media type. Taken from a `Blob`, `File` or `Response`. */
  readonly contentType?: string;
  /** Outlook: whether the body of the message shows it. @default false */
  readonly isInline?: boolean;
  /** Outlook: what `<img src="cid:…">` in the body names it. */
  readonly contentId?: string;
  /** Azure DevOps: what people read beside it in the work item. */
  readonly comment?: string;
  /** Drives: what happens where there is a file of that name already. @default "fail" */
  readonly conflictBehavior?: FileInfo["conflictBehavior"];
  /** Drives: what people read beside the file. */
  readonly description?: string;
  /** Drives: when the file was made and changed, as its own system says; ISO dates. */
  readonly fileSystemInfo?: FileInfo["fileSystemInfo"];
  /** Drives: the file appears only when all of its bytes are there, by a request of its own. @default false */
  readonly deferCommit?: boolean;
  /** Bytes; needed for streams, async iterables and responses that do not tell. */
  readonly size?: number;
}

/** What is said of a file that is attached, and how it is uploaded. */
export interface AttachOptions extends UploadOptions, FileDetails {
  /** Azure DevOps: the area whose readers may read it before a work item links to it. */
  readonly areaPath?: string;
  /**
   * Keeps the upload's session, so that attaching the same file to the same item again, after a crash or when retries had
   * run out, goes on instead of starting over. For files that can be read at any place.
   */
  readonly checkpoints?: CheckpointStore;
  /**
   * Messages and events: a file over the limit is uploaded to the sender's OneDrive, into "Email attachments", and a link to
   * it is attached, or added to the text where the service takes no such attachment. Needs the permission
   * `Files.ReadWrite`. @default an error
   */
  readonly overflow?: "link";
  /** Who the link of `overflow` is for. @default "organization" */
  readonly linkScope?: LinkScope;
}

/** One of several files, with what is said of it alone. */
export type FileToAttach = AttachmentSource | (FileDetails & { readonly file: AttachmentSource });

/** A file and its details apart. */
export function detailed(one: FileToAttach): FileDetails & { readonly file: AttachmentSource } {
  return typeof one === "object" && one !== null && "file" in one ? one : { file: one };
}

/** An upload that is ready to begin, and the queue that it waits in. */
export interface Prepared {
  readonly plan: UploadPlan;
  readonly queue: Queue;
  /** What the upload waits for its turn with. */
  readonly key: string | undefined;
  /** Who gets a link to the file, in place of the file. */
  readonly sharing?: Omit<Sharing, "plan">;
}

/** What a client's URLs can be. */
export function protocolsOf({ next }: Call): readonly UploadProtocol[] {
  return headOf(next)?.protocols ?? graphProtocols;
}

const traffics = new WeakMap<Middleware, Traffic>();

/** Checks what was asked and opens the file; nothing is sent. */
export async function prepare(request: GraphRequest, file: unknown, options: AttachOptions = {}): Promise<Prepared> {
  const call = await callOf(request);
  const head = headOf(call.next);
  const ownSignal = (call.context.options?.signal as AbortSignal | null | undefined) ?? undefined;
  const url = call.context.request as string;
  const target = targetOf(url, protocolsOf(call));
  if (!target) {
    const path = URL.canParse(url) ? new URL(url).pathname : "This URL";
    const takers =
      "an Outlook message or event, a To Do task, a file of a drive, or a print document (or a work item, with createAzureDevOpsClient)";
    throw new UploadError("invalid", `${path} takes no attachments: give the URL of ${takers}.`);
  }
  const { about, areaPath, checkpoints, size, overflow, linkScope, upload } = sorted(options);
  const source = openSource(file, size);
  const traffic = head?.traffic ?? traffics.get(call.next) ?? new Traffic();
  traffics.set(call.next, traffic);
  const { protocol, collection } = target;
  const linkTo = protocol.linking?.item(url);
  const common = {
    call,
    gate: traffic.gate,
    content: source.content,
    settings: settings(head?.options, { signal: ownSignal }, askedOptions(call.context), upload),
  };
  const named = {
    ...about,
    name: nameFor(target, about.name) ?? source.name ?? "",
    contentType: about.contentType ?? source.type,
  };
  const over = overflow && source.content.size > limitOf(target, common.settings) && protocol.overflow?.(collection);
  const plan = over
    ? planOf({
        ...common,
        ...targetOf(over.folder, protocolsOf(call))!,
        file: { ...named, conflictBehavior: "rename" },
        settings: { ...common.settings, maxSize: undefined },
      })
    : planOf({ ...common, protocol, collection: withArea(collection, areaPath), file: named });
  const sharing = over && {
    ...{ collection, item: over.item, scope: linkScope ?? "organization" },
    service: serviceOf({ ...common, protocol }, collection),
    queue: traffic.items,
  };
  const kept = checkpoints && (await keeping(plan, checkpoints, linkTo ?? (over ? collection : plan.collection)));
  const key = linkTo ?? protocol.item?.(collection, named);
  return { plan: { ...plan, ...kept, linkTo }, queue: traffic.items, key, sharing: sharing || undefined };
}

/** What is said of the file, apart from how it is uploaded. */
function sorted(options: AttachOptions) {
  const { name, contentType, isInline, contentId, comment, areaPath, size, checkpoints, ...more } = options;
  const { conflictBehavior, description, fileSystemInfo, deferCommit, overflow, linkScope, ...upload } = more;
  const onDrive = { conflictBehavior, description, fileSystemInfo, deferCommit };
  return {
    about: { name, contentType, isInline, contentId, comment, ...onDrive },
    ...{ areaPath, size, checkpoints, overflow, linkScope, upload },
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
