import { UploadError } from "../errors.js";
import type { FileInfo } from "../file.js";
import { causeOf, type Answer } from "../http/refusal.js";
import { inMegabytes } from "../megabytes.js";
import type { Reply } from "../protocol.js";
import type { UploadSession } from "../uploadSession.js";

/** True if a time has passed by the clock of the service, which counts seconds, or by our own. */
function isOver(time: string | undefined, { headers }: Reply): boolean {
  const date = Date.parse(headers.get("Date") ?? "");
  return Date.parse(time ?? "") <= (Number.isNaN(date) ? Date.now() : date + 999);
}

/** Watches when the sessions of an upload expire. Two in a row that do so are too short for the file. */
export class Expiry {
  /** When the session expires, as the last reply says. */
  #time: string | undefined;
  /** When the session before it expired, if that ended it. */
  #ended: string | undefined;
  /** The session was opened by this upload, and is not its first one. */
  #renewed = false;
  readonly #begun: number;

  /** `restored`: an earlier process has opened the session. It counts only if this upload gets further. */
  constructor(
    private readonly file: FileInfo,
    { expires, offset }: UploadSession,
    restored: boolean,
  ) {
    this.#time = expires;
    this.#begun = restored ? offset : -1;
  }

  /** A reply may say that the session lasts longer. */
  extend(time: string | undefined): void {
    this.#time = time ?? this.#time;
  }

  /** Another session was opened. */
  renew(time: string | undefined): void {
    this.#time = time;
    this.#renewed = true;
  }

  /** Notes why a session has ended, and how far it got. Throws an `UploadError` if it expired, and the one before it too. */
  end(after: Answer | undefined, confirmed: number): void {
    const earlier = this.#ended;
    const counts = confirmed > this.#begun || this.#renewed;
    this.#ended = counts && after?.reply && isOver(this.#time, after.reply) ? this.#time : undefined;
    if (earlier === undefined || this.#ended === undefined) return;
    const [first, second] = [earlier, this.#ended].map((time) => new Date(time).toISOString());
    const message = `Two upload sessions in a row expired before ${this.file.name} (${inMegabytes(this.file.size)}) was complete: at ${first} and at ${second}. Attach it over a faster connection.`;
    throw new UploadError("lost", message, { cause: after && causeOf(after) });
  }
}
