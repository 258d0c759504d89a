import type { GraphRequest } from "@microsoft/microsoft-graph-client";
import { UploadError } from "../errors.js";
import { fingerprint } from "../files/fingerprint.js";
import { callOf, signalOf, urlOf } from "../http/graphClient.js";
import { trafficOf } from "../http/traffic.js";
import {
  requestOptions,
  resolveOptions,
  type AttachOptions,
  type CheckpointStore,
  type UploadOptions,
} from "../options.js";
import type { Content, FileInfo, Protocol } from "../protocol.js";
import { signalFor } from "../signals.js";
import { checkpointOf } from "../upload/checkpoints.js";
import type { Job } from "../upload/job.js";
import { isSession, withoutOptions } from "../upload/storedSession.js";
import { createJob, limitOf, serviceFor } from "./createJob.js";
import { mustMatch, type Match } from "./match.js";

/** What a client's URLs can be, and the defaults of its uploads. */
export interface Uploader {
  readonly protocols: readonly Protocol[];
  readonly defaults?: UploadOptions;
}

/** Makes a job of a file, checked before anything is sent. */
export async function prepare(
  request: GraphRequest,
  { protocols, defaults }: Uploader,
  content: Content,
  options: AttachOptions,
): Promise<Job> {
  const call = await callOf(request);
  const { context } = call;
  const url = urlOf(context);
  const found = mustMatch(url, protocols);
  const { protocol, collection } = found;
  const own = requestOptions(context);
  const signal = signalFor(signalOf(context), defaults?.signal, own?.signal, options.signal);
  const settings = resolveOptions(defaults, own, options, { signal });
  const sending = { call, settings, traffic: trafficOf(call.next) };
  const file = infoOf(found, content, options);
  const over =
    options.overflow && content.size > limitOf(found, settings) ? protocol.target.overflow?.(collection) : undefined;
  const linkTo = protocol.link?.item(url);
  if (!over) {
    const job = createJob(sending, { protocol, collection: withArea(collection, options.areaPath) }, content, file);
    const turn = linkTo ?? job.turn;
    return { ...job, ...(await stored(job, options.checkpoints, linkTo ?? job.collection)), linkTo, turn };
  }
  const job = createJob(
    { ...sending, settings: { ...settings, maxSize: undefined } },
    mustMatch(over.folder, protocols),
    content,
    { ...file, conflictBehavior: "rename" },
  );
  const overflow = {
    service: serviceFor(sending, protocol.api, collection),
    protocol,
    collection,
    item: over.item,
    scope: options.linkScope ?? "organization",
    turn: protocol.target.item?.(collection, file),
  };
  return { ...job, ...(await stored(job, options.checkpoints, collection)), overflow };
}

/** The metadata of a file: as given, or as the URL or the source knows it. */
function infoOf(found: Match, content: Content, options: AttachOptions): Omit<FileInfo, "size"> {
  return {
    name: nameFor(found, options.name) ?? content.name ?? "",
    contentType: options.contentType ?? content.type,
    isInline: options.isInline,
    contentId: options.contentId,
    comment: options.comment,
    conflictBehavior: options.conflictBehavior,
    description: options.description,
    fileSystemInfo: options.fileSystemInfo,
    deferCommit: options.deferCommit,
  };
}

/** The name that was given. It must be that of the URL if the URL contains one. */
function nameFor({ protocol, collection }: Match, given: string | undefined): string | undefined {
  const named = protocol.target.nameIn?.(collection);
  if (named === undefined || given === undefined || named === given) return named ?? given;
  throw new UploadError(
    "invalid",
    `The URL names the file ${named}, but the option name is ${given}. Omit name, or give the URL of the folder's children.`,
  );
}

function withArea(collection: string, areaPath: string | undefined): string {
  if (areaPath === undefined) return collection;
  if (/[\ud800-\udfff]/u.test(areaPath)) {
    throw new UploadError("invalid", "areaPath contains half of a character. Give well-formed text.");
  }
  return `${collection}${collection.includes("?") ? "&" : "?"}areaPath=${encodeURIComponent(areaPath)}`;
}

/** Where a job's session is stored. A stored session belongs to the same file and the same item, or is not found. */
async function stored(
  { service, protocol, content, file }: Job,
  store: CheckpointStore | undefined,
  item: string,
): Promise<Pick<Job, "fingerprint" | "checkpoint">> {
  if (!store) return {};
  if (!content.anywhere) {
    throw new UploadError(
      "invalid",
      "checkpoints need a file that can be read at any position, because streams cannot be told apart. Attach a Blob.",
    );
  }
  const print = await fingerprint(content, service.settings.signal);
  const checkpoint = await checkpointOf(store, item, file.name, print);
  const load = async () => {
    const session = await checkpoint.load();
    return isSession(session, [protocol]) && session.fingerprint === print ? withoutOptions(session) : undefined;
  };
  return { fingerprint: print, checkpoint: { ...checkpoint, load } };
}
