import type { GraphRequest } from "@microsoft/microsoft-graph-client";
import { UploadError } from "../errors.js";
import type { Content, FileInfo } from "../file.js";
import { edgesIn, fingerprint, sameFile } from "../files/fingerprint.js";
import { urlOf, callOf } from "../http/chain.js";
import { signalOf } from "../http/graphClient.js";
import { trafficOf } from "../http/traffic.js";
import { givenIn } from "../middlewareOptions.js";
import type { AttachOptions, CheckpointStore, UploadOptions } from "../options.js";
import { resolveOptions } from "../settings.js";
import type { Protocol } from "../protocol.js";
import { signalFor } from "../signals.js";
import { checkpointOf } from "../upload/checkpoints.js";
import type { Job, Overflow } from "../upload/job.js";
import { discardSession } from "../upload/session.js";
import { isSession, withoutOptions } from "../upload/storedSession.js";
import { mustTakeMark } from "./attachOnce.js";
import { createJob, limitOf, serviceFor, type Sending } from "./createJob.js";
import { mustBeOnce } from "./mustBeOnce.js";
import { mustMatch, type Match } from "./match.js";
import { isPath, mustNotBeCut } from "./names.js";

/** The code for the files behind a URL. */
export interface Places {
  readonly protocols: readonly Protocol[];
  /** Finds the URL of the files behind one that only leads there. */
  meantBy?(url: string, sending: Sending): Promise<string>;
  /** Attaches a link to a file that was uploaded to another place. */
  attachLink?(job: Job, overflow: Overflow): Promise<object>;
}

/** The services that a client's URLs can belong to, and the defaults of its uploads. */
export interface Uploader {
  placesFor(url: string, signal?: AbortSignal): Places | Promise<Places>;
  readonly defaults?: UploadOptions;
}

/** The session of an item is opened at its attachments, which is the URL to know. */
const SESSION = /(\/attachments)\/(?:microsoft\.graph\.)?createUploadSession(?=\/?(?:[?#]|$))/i;

/** Makes a job of a file, checked before anything is sent. `restored`: the file as a stored session names it. */
export async function prepare(
  request: GraphRequest,
  { placesFor, defaults }: Uploader,
  content: Content,
  options: AttachOptions,
  restored?: Pick<FileInfo, "name">,
): Promise<Job> {
  const call = await callOf(request);
  const { context } = call;
  const { upload: own } = givenIn(context);
  const signal = signalFor(signalOf(context), defaults?.signal, own?.signal, options.signal);
  const settings = resolveOptions(defaults, own, options, { signal });
  mustBeOnce(settings);
  const sending = { call, settings, traffic: trafficOf(call.next) };
  const given = urlOf(context).replace(SESSION, "$1");
  const places = await placesFor(given, signal);
  const url = (await places.meantBy?.(given, sending)) ?? given;
  const found = mustMatch(url, places.protocols);
  const { protocol, collection } = found;
  const { target } = protocol;
  const file = infoOf(found, content, options, restored);
  const needsLink = content.size > limitOf(found, settings) || target.refuses?.(collection) !== undefined;
  const over = options.overflow && needsLink ? target.overflow?.(collection) : undefined;
  const linkTo = protocol.link?.item(url);
  // a default of the client is for files that it suits
  const store = content.anywhere || options.checkpoints ? settings.checkpoints : undefined;
  if (settings.once !== undefined) mustTakeMark(protocol, over !== undefined);
  const elsewhere = over && (await placesFor(over.folder, signal));
  if (!over || !elsewhere?.attachLink) {
    const job = createJob(sending, { protocol, collection: withArea(collection, options.areaPath) }, content, file);
    const turn = linkTo ?? job.turn;
    return { ...job, ...(await stored(job, store, linkTo ?? job.collection)), linkTo, turn };
  }
  const { protocols, attachLink } = elsewhere;
  const job = createJob(
    { ...sending, settings: { ...settings, maxSize: undefined } },
    mustMatch(over.folder, protocols),
    content,
    { ...file, conflictBehavior: "rename" },
  );
  const overflow: Overflow = {
    service: serviceFor(sending, protocol.api, collection),
    protocol,
    collection,
    item: over.item,
    scope: options.linkScope ?? "organization",
    turn: target.item?.(collection, file),
    attach: (uploaded) => attachLink(uploaded, overflow),
  };
  return { ...job, ...(await stored(job, store, collection)), overflow };
}

/** The metadata of a file: as given, or as the URL or the source knows it. */
function infoOf(
  found: Match,
  content: Content,
  options: AttachOptions,
  restored: Pick<FileInfo, "name"> | undefined,
): Omit<FileInfo, "size"> {
  return {
    name: restored?.name ?? nameFor(found, options.name, content.name),
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

/** The name that was given, or that the URL or the source has. An item that is there keeps its own. */
function nameFor(
  { protocol: { target }, collection }: Match,
  given: string | undefined,
  own: string | undefined,
): string {
  const named = target.nameIn?.(collection);
  const id = target.idIn?.(collection);
  if (named === undefined && id === undefined) return given ?? own ?? "";
  if (named === undefined) {
    if (given === undefined) return (own && !isPath(own) ? own : id) ?? "";
    throw new UploadError(
      "invalid",
      "The URL names an item by its id, and a file keeps its name. Omit name, or give the URL of the folder's children: …/items/{id}/children.",
    );
  }
  mustNotBeCut(named, given ?? own);
  if (given === undefined || named === given) return named;
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

/** Refuses what cannot be recognized again. */
export function mustBeRecognizable({ content }: Pick<Job, "content">): void {
  if (content.anywhere) return;
  throw new UploadError(
    "invalid",
    "checkpoints need a file that can be read at any position, because streams cannot be told apart. Attach a Blob.",
  );
}

/** Where a job's session is stored. A session of the file as it was before it changed is discarded and not found. */
export async function stored(
  { service, protocol, collection, content, file }: Job,
  store: CheckpointStore | undefined,
  item: string,
): Promise<Pick<Job, "fingerprint" | "checkpoint">> {
  if (!store) return {};
  mustBeRecognizable({ content });
  const print = await fingerprint(content, service.settings.signal);
  const checkpoint = await checkpointOf(store, item, file.name, edgesIn(print));
  const load = async () => {
    const session = await checkpoint.load();
    if (!isSession(session, [protocol]) || session.fingerprint === undefined) return undefined;
    if (sameFile(print, session.fingerprint)) return withoutOptions(session);
    const isOlder = edgesIn(print) === edgesIn(session.fingerprint) && session.collection === collection;
    if (isOlder) await discardSession({ service, protocol, collection, file }, session);
    return undefined;
  };
  return { fingerprint: print, checkpoint: { ...checkpoint, load } };
}
