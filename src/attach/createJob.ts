import { UploadError } from "../errors.js";
import type { Content, FileInfo } from "../file.js";
import type { Call } from "../http/chain.js";
import { Service } from "../http/service.js";
import type { Traffic } from "../http/traffic.js";
import { transport } from "../http/transport.js";
import { inMegabytes, sizeAndLimit } from "../megabytes.js";
import { DEFAULT_THRESHOLD, type Settings } from "../settings.js";
import type { Api, Protocol } from "../protocol.js";
import type { Job } from "../upload/job.js";
import type { Match } from "./match.js";
import { mustStay } from "./names.js";

/** Sends the requests of an upload as the caller's own request would be sent. */
export interface Sending {
  readonly call: Call;
  readonly settings: Settings;
  readonly traffic: Traffic;
}

/** The service behind a URL. */
export function serviceFor({ call, settings, traffic }: Sending, api: Api, url: string, file?: FileInfo): Service {
  return new Service(api, transport(call, api.query), settings, traffic, url, file);
}

const LONE_SURROGATE = /[\ud800-\udfff]/u;

/** Checks an upload before its first request. Throws an `UploadError` that says what to change. */
export function createJob(
  sending: Sending,
  { protocol, collection }: Match,
  content: Content,
  about: Omit<FileInfo, "size">,
): Job {
  const { limits } = protocol.session;
  const { label } = protocol.api;
  const file = { ...about, size: content.size };
  mustHaveName(file, protocol);
  const refused = protocol.target.refuses?.(collection);
  if (refused !== undefined) throw new UploadError("unsupported", refused);
  mustStay(file.name, { protocol, collection });
  const wrong = protocol.target.wrong?.(file);
  if (wrong !== undefined) throw new UploadError("invalid", wrong);
  const limit = limitOf({ protocol, collection }, sending.settings);
  if (content.size > limit) throw tooLarge(file, limit, protocol);
  const { rangeSize: asked } = sending.settings;
  const rangeSize = asked && Math.max(limits.unit, asked - (asked % limits.unit));
  if (rangeSize !== undefined && rangeSize > limits.range) {
    throw new UploadError(
      "invalid",
      `rangeSize is ${rangeSize}, but for ${label} it must be at most ${limits.range} bytes.`,
    );
  }
  const threshold = thresholdFor(sending.settings, protocol, file);
  if (content.size === 0 && threshold < 0) {
    throw new UploadError("invalid", `${file.name} is empty, and ${label} takes no empty file by an upload session.`);
  }
  const settings = { ...sending.settings, threshold, rangeSize };
  const service = serviceFor({ ...sending, settings }, protocol.api, collection, file);
  return { service, protocol, collection, content, file, turn: protocol.target.item?.(collection, file) };
}

function mustHaveName({ name, size }: FileInfo, protocol: Protocol): void {
  if (typeof name !== "string" || name.trim() === "") {
    throw new UploadError(
      "invalid",
      `The attachment of ${inMegabytes(size)} needs a name: give { name }, or attach a File.`,
    );
  }
  if (!protocol.post?.inline && LONE_SURROGATE.test(name)) {
    throw new UploadError(
      "invalid",
      "The name of the attachment contains half of a character, which no URL can carry. Give well-formed text.",
    );
  }
}

function tooLarge({ name, size }: FileInfo, limit: number, { api, target }: Protocol): UploadError {
  const instead = target.overflow
    ? 'attach(file, { overflow: "link" }) uploads it to OneDrive and attaches a link.'
    : "Share a link to it instead.";
  const [has, most] = sizeAndLimit(size, limit);
  const limits = `${name} has ${has}; ${api.label} takes up to ${most}.`;
  return new UploadError("tooLarge", `${limits} ${instead}`);
}

/** Bytes of the largest file. */
export function limitOf({ protocol, collection }: Match, { maxSize }: Settings): number {
  return maxSize ?? protocol.target.fileLimit(collection);
}

/** Bytes up to which one request is used. Below zero if one request cannot carry the file. */
function thresholdFor({ threshold }: Settings, { post }: Protocol, file: FileInfo): number {
  if (!post || post.carries?.(file) === false) return -1;
  return threshold ?? post.threshold ?? DEFAULT_THRESHOLD;
}
