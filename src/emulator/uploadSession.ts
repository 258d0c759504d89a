import type { Reply, SessionState } from "./api.js";
import type { Call } from "./call.js";

/** The common part of every stored upload session. */
export interface UploadSession {
  readonly id: string;
  readonly uploadUrl: string;
  /** Milliseconds since 1970. */
  readonly expires: number;
  readonly ended?: "complete" | "deleted";
}

export const stateOf = ({ now }: { now(): number }, { ended, expires }: UploadSession): SessionState =>
  ended ?? (now() >= expires ? "expired" : "open");

/** A time as Graph's session replies write it, with seven digits after the second. */
export const timestamp = (milliseconds: number): string => new Date(milliseconds).toISOString().replace("Z", "0000Z");

/** A request's path from after the version to before the action: the address of the item in a session. */
export const addressIn = (url: string): string =>
  new URL(url).pathname.replace(/^\/[^/]+/, "").replace(/\/[^/]+\/?$/, "");

export interface ByteRange {
  readonly start: number;
  /** Inclusive. */
  readonly end: number;
  readonly total: number;
}

/** The documented form: zero-based, with an inclusive end and a known total. */
export const contentRangePattern = /^bytes (\d+)-(\d+)\/(\d+)$/;

/** A mistake in a range: no Content-Length, no readable Content-Range, or numbers that contradict the size or the body. */
export type RangeMistake = "noLength" | "unreadable" | "total" | "bounds" | "bodyLength";

/**
 * Reads the range of a PUT and checks it against its body and the size of the file, if that is known. `refuse` makes the
 * service's own reply to a mistake. `limit` checks the lengths that the service allows.
 */
export function readRange(
  { head, body }: Call,
  size: number | undefined,
  refuse: (mistake: RangeMistake, message: string) => Reply,
  limit: (range: ByteRange) => Reply | undefined = () => undefined,
): ByteRange | Reply {
  if (head.headers["content-length"] === undefined) return refuse("noLength", "Content-Length is required.");
  const match = contentRangePattern.exec(head.headers["content-range"] ?? "");
  if (!match) return refuse("unreadable", "Content-Range must be given as 'bytes {start}-{end}/{total}'.");
  const [start, end, total] = match.slice(1).map(Number) as [number, number, number];
  const refused = limit({ start, end, total });
  if (refused) return refused;
  if (size !== undefined && total !== size)
    return refuse("total", `The total ${total} is not the size ${size} of the file.`);
  if (end < start || end >= total) return refuse("bounds", `The range ${start}-${end} is not within ${total} bytes.`);
  if (end - start + 1 !== body.length) {
    return refuse("bodyLength", `The range ${start}-${end} does not fit the ${body.length} bytes received.`);
  }
  return { start, end, total };
}

/** The bytes of a range that the service keeps: all of them, unless a fault says otherwise. */
export const keptBytes = ({ body, keep = Infinity }: Call): Buffer =>
  keep < body.length ? Buffer.from(body.subarray(0, keep)) : body;
