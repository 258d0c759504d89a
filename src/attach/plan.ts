import type { Content } from "../files/open.js";
import { UploadError } from "../errors.js";
import type { Gate } from "../http/gate.js";
import { DEFAULT_THRESHOLD, type Settings, type UploadOptions } from "../options.js";
import type { FileInfo, Target, UploadProtocol } from "../protocol.js";
import { Service } from "../http/service.js";
import { transport, type Call } from "../http/transport.js";
import type { UploadPlan } from "../upload/session.js";

/** What is known before anything is sent. */
export interface Intent extends Target {
  readonly call: Call;
  readonly content: Content;
  readonly file: Omit<FileInfo, "size">;
  readonly settings: Settings;
  readonly gate: Gate;
}

const LONE_SURROGATE = /[\ud800-\udfff]/u;

/** Checks an upload before its first request; throws an `UploadError` that says what to change. */
export function planOf({ call, protocol, collection, content, file, settings, gate }: Intent): UploadPlan {
  const { limits, service } = protocol;
  const threshold = thresholdFor(settings, protocol, { ...file, size: content.size });
  const rangeSize =
    settings.rangeSize && Math.max(limits.unit, settings.rangeSize - (settings.rangeSize % limits.unit));
  if (typeof file.name !== "string" || file.name.trim() === "") {
    throw new UploadError("invalid", "The attachment needs a name: give { name }, or attach a File.");
  }
  if (!protocol.inline && LONE_SURROGATE.test(file.name)) {
    throw new UploadError(
      "invalid",
      "The name of the attachment holds half of a character, which no URL can carry: give well-formed text.",
    );
  }
  const limit = limitOf({ protocol, collection }, settings);
  if (content.size > limit) {
    const instead = protocol.overflow
      ? 'attach(file, { overflow: "link" }) uploads it to OneDrive and attaches a link.'
      : "Share a link to it instead.";
    const message = `The file has ${content.size} bytes, but ${service} takes ${limit} at most. ${instead}`;
    throw new UploadError("tooLarge", message);
  }
  if (rangeSize !== undefined && rangeSize > limits.range) {
    throw new UploadError(
      "invalid",
      `rangeSize is ${rangeSize}, but for ${service} it must be at most ${limits.range} bytes.`,
    );
  }
  if (content.size === 0 && threshold < 0) {
    throw new UploadError("invalid", `An empty file has no bytes to send to ${service} by an upload session.`);
  }
  const talk = serviceOf({ call, protocol, settings: { ...settings, threshold, rangeSize }, gate }, collection);
  return { service: talk, collection, content, file: { ...file, size: content.size } };
}

/** Bytes of the largest file. */
export function limitOf({ protocol, collection }: Target, { maxSize }: UploadOptions): number {
  return maxSize ?? protocol.fileLimit(collection);
}

/** Bytes up to which one request is made; below zero where none can be. */
function thresholdFor({ threshold }: Settings, protocol: UploadProtocol, file: FileInfo): number {
  const own = protocol.threshold?.(file) ?? DEFAULT_THRESHOLD;
  return own < 0 ? own : (threshold ?? own);
}

/** The service behind a URL, talked to as the caller's own request is. */
export function serviceOf(
  { call, protocol, settings, gate }: Pick<Intent, "call" | "protocol" | "settings" | "gate">,
  url: string,
): Service {
  return new Service(protocol, transport(call), settings, gate, url);
}
