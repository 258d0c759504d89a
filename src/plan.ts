import type { Content } from "./content.js";
import { UploadError } from "./errors.js";
import type { Gate } from "./gate.js";
import type { Settings } from "./options.js";
import type { FileInfo, UploadProtocol } from "./protocol.js";
import { Service } from "./service.js";
import { transport, type Call } from "./transport.js";
import type { UploadPlan } from "./session.js";

/** What is known before anything is sent. */
export interface Intent {
  readonly call: Call;
  readonly protocol: UploadProtocol;
  readonly collection: string;
  readonly content: Content;
  readonly file: Omit<FileInfo, "size">;
  readonly settings: Settings;
  readonly gate: Gate;
}

const LONE_SURROGATE = /[\ud800-\udfff]/u;

/** Checks an upload before its first request; throws an `UploadError` that says what to change. */
export function planOf({ call, protocol, collection, content, file, settings, gate }: Intent): UploadPlan {
  const { limits, service } = protocol;
  const { rangeSize } = settings;
  if (typeof file.name !== "string" || file.name.trim() === "") {
    throw new UploadError("invalid", "The attachment needs a name: give { name }, or attach a File.");
  }
  if (!protocol.inline && LONE_SURROGATE.test(file.name)) {
    throw new UploadError(
      "invalid",
      "The name of the attachment holds half of a character, which no URL can carry: give well-formed text.",
    );
  }
  const limit = settings.maxSize ?? protocol.fileLimit(collection);
  if (content.size > limit) {
    throw new UploadError(
      "tooLarge",
      `The file has ${content.size} bytes, but ${service} takes ${limit} at most. Share a link to it instead.`,
    );
  }
  if (rangeSize !== undefined && (rangeSize > limits.range || rangeSize % limits.unit !== 0)) {
    const multiple = limits.unit > 1 ? ` and a multiple of ${limits.unit}` : "";
    throw new UploadError(
      "invalid",
      `rangeSize is ${rangeSize}, but for ${service} it must be at most ${limits.range} bytes${multiple}.`,
    );
  }
  const talk = serviceOf({ call, protocol, settings, gate }, collection);
  return { service: talk, collection, content, file: { ...file, size: content.size } };
}

/** The service behind a URL, talked to as the caller's own request is. */
export function serviceOf(
  { call, protocol, settings, gate }: Pick<Intent, "call" | "protocol" | "settings" | "gate">,
  url: string,
): Service {
  return new Service(protocol, transport(call), settings, gate, url);
}
