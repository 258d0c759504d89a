import type { Content } from "../../src/file.js";
import { Service } from "../../src/http/service.js";
import { Traffic } from "../../src/http/traffic.js";
import type { Send } from "../../src/http/transport.js";
import type { UploadOptions } from "../../src/options.js";
import { resolveOptions } from "../../src/settings.js";
import type { Reply, SessionProtocol, WireRequest } from "../../src/protocol.js";
import { outlook } from "../../src/protocols/outlook.js";
import { Upload } from "../../src/upload/upload.js";
import { created, cut, failure, holds, opened, reply, sessionOf } from "./fakes";

/** The fate of a range: taken, lost before or after it was taken, taken in part, or refused with a status. */
export type Fate = "taken" | "lost" | "takenAndLost" | { readonly part: number } | number;

/** The fates of the ranges, counted from 0, and the order in which ranges sent at the same time reach the service. */
export interface Script {
  readonly fate?: (put: number, start: number) => Fate;
  readonly order?: (count: number) => number[];
}

/** An invented service that takes four ranges at the same time, in any order, and assembles them. */
export class Assembly {
  readonly puts: { readonly start: number; readonly end: number }[] = [];
  readonly kinds: string[] = [];
  /** Bytes that arrived although the service already had them. */
  doubled = 0;
  mostAtOnce = 0;
  readonly stored: Uint8Array;
  readonly #has: boolean[];
  #complete = false;
  #waiting: (() => void)[] = [];

  constructor(
    size: number,
    private readonly script: Script = {},
  ) {
    this.stored = new Uint8Array(size);
    this.#has = Array.from({ length: size }, () => false);
  }

  upload(content: Content, more: Partial<SessionProtocol> = {}, options: UploadOptions = {}): Upload {
    const limits = { range: 1_000, unit: 1, parallel: 4 };
    const protocol = { ...outlook, session: { ...outlook.session, limits, ...more } };
    const settings = resolveOptions({ delay: 0, retries: 50, rangeSize: 10 }, options);
    const service = new Service(protocol.api, this.#send, settings, new Traffic(), "");
    const session = sessionOf({ file: { name: "flower", size: content.size }, before: [] });
    const { collection, file } = session;
    return new Upload({ service, protocol, collection, file, content }, session);
  }

  readonly #send: Send = async (request) => {
    const answer = request.method === "PUT" ? await this.#put(request) : this.#other(request);
    if (answer instanceof Error) throw answer;
    return answer;
  };

  async #put({ headers, body }: WireRequest): Promise<Reply | Error> {
    const [start, last] = /(\d+)-(\d+)/.exec(headers!["Content-Range"]!)!.slice(1).map(Number) as [number, number];
    const put = this.puts.push({ start, end: last + 1 }) - 1;
    this.kinds.push("range");
    await this.#turn();
    if (this.#complete) return failure(404, "itemNotFound");
    const fate = this.script.fate?.(put, start) ?? "taken";
    if (typeof fate === "number") return failure(fate, "x");
    if (fate === "lost") return cut();
    this.#take(start, (body as Uint8Array).subarray(0, typeof fate === "object" ? fate.part : undefined));
    this.#complete = !this.#has.includes(false);
    if (fate === "takenAndLost") return cut();
    return this.#complete ? created() : this.#state();
  }

  /** Waits until all ranges of a batch have arrived, and takes its turn among them. */
  async #turn(): Promise<void> {
    await new Promise<void>((resolve) => {
      if (this.#waiting.push(resolve) === 1) setImmediate(() => this.#letIn());
    });
  }

  #letIn(): void {
    const all = this.#waiting;
    this.#waiting = [];
    this.mostAtOnce = Math.max(this.mostAtOnce, all.length);
    const order = this.script.order?.(all.length) ?? all.map((_, index) => index);
    for (const index of order) all[index]!();
  }

  #take(start: number, bytes: Uint8Array): void {
    for (const [index, byte] of bytes.entries()) {
      if (this.#has[start + index]) this.doubled += 1;
      this.#has[start + index] = true;
      this.stored[start + index] = byte;
    }
  }

  #state(): Reply {
    const gaps: string[] = [];
    for (let at = this.#has.indexOf(false); at >= 0;) {
      const end = this.#has.indexOf(true, at);
      gaps.push(end < 0 ? `${at}-` : `${at}-${end - 1}`);
      at = end < 0 ? -1 : this.#has.indexOf(false, end);
    }
    return reply(200, { nextExpectedRanges: gaps });
  }

  #other({ method, url }: WireRequest): Reply {
    const kind = method === "GET" ? (url === sessionOf().uploadUrl ? "status" : "list") : method;
    this.kinds.push(kind);
    if (kind === "list") return this.#complete ? holds("flower") : holds();
    if (kind === "POST") return opened();
    return this.#complete ? failure(404, "itemNotFound") : kind === "DELETE" ? reply(204) : this.#state();
  }
}
