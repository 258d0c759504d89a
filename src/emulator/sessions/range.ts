import type { Reply } from "../api.js";
import { badRequest, invalidRange } from "../replies.js";

/** The form that every page documents: zero-based, end inclusive, total known. */
export const contentRangePattern = /^bytes (\d+)-(\d+)\/(\d+)$/;

interface Expected {
  /** First byte still wanted. */
  readonly offset: number;
  /** Size in bytes that the session was opened for. */
  readonly size: number;
}

/** Why a session does not take a range, or undefined when it is exactly the next one. 400 and 416 are choices. */
export function refuseRange(
  headers: Readonly<Record<string, string>>,
  bodyBytes: number,
  expected: Expected,
): Reply | undefined {
  const contentType = headers["content-type"]?.split(";")[0]?.trim().toLowerCase();
  if (contentType !== "application/octet-stream") return badRequest("Content-Type must be application/octet-stream.");
  if (headers["content-length"] === undefined) return badRequest("Content-Length is required.");
  const match = contentRangePattern.exec(headers["content-range"] ?? "");
  if (!match) return badRequest("Content-Range must be given as 'bytes {start}-{end}/{total}'.");
  const [start, end, total] = match.slice(1).map(Number) as [number, number, number];
  if (total !== expected.size) return invalidRange(`The total ${total} is not the declared size ${expected.size}.`);
  if (end < start || end >= total) return invalidRange(`The range ${start}-${end} is not within ${total} bytes.`);
  if (end - start + 1 !== bodyBytes) {
    return invalidRange(`The range ${start}-${end} does not fit the ${bodyBytes} bytes received.`);
  }
  if (start !== expected.offset) return invalidRange(`The next expected byte is ${expected.offset}, not ${start}.`);
  return undefined;
}
