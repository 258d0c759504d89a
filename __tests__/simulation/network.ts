import type { createService } from "../../src/emulator/service.js";
import type { Exchange } from "../../src/emulator/call.js";
import type { Origin, RequestKind } from "../../src/emulator/api.js";
import { faults, type Fault } from "./faults.js";

export const origins = {
  graph: "https://graph.microsoft.com/",
  outlook: "https://outlook.office.com/",
  azureDevOps: "https://dev.azure.com/",
  drive: "https://contoso-my.sharepoint.com/",
  print: "https://print.print.microsoft.com/",
};
const uploadHosts: readonly Origin[] = ["outlook", "drive", "print"];
/** Ranges of one session that may be under way at once, where it is more than one. */
const atOnce: Partial<Record<Origin, number>> = { print: 4 };

/** One request as the network saw it. */
export interface Seen {
  readonly kind: RequestKind;
  readonly start?: number;
  readonly bytes: number;
  readonly fault?: string;
  readonly at: number;
}

/** A kind of request that never comes through. */
export interface Down {
  readonly kind: RequestKind;
  readonly fault: string;
}

/** Rules of the network that hold at any time. Violations are noted in words. */
export class Network {
  readonly seen: Seen[] = [];
  readonly violations: string[] = [];
  /** Nothing may be sent any more but what discards, or undoes. */
  closed = false;
  readonly undoing = new Set<RequestKind>(["cancel", "discard", "remove"]);
  /** The running process; requests of one that has died are never answered. */
  generation = 0;
  /** At how many awaits on the world outside (a request, its reply, a stored checkpoint) from now the process dies. */
  lifetime = Infinity;
  /** How far the one file has been read, where it is a stream; what lies between a range and here is held in memory. */
  position = 0;
  #inFlight = 0;
  readonly #open = new Set<Exchange>();
  readonly #putting = new Map<string, number>();

  constructor(
    private readonly service: ReturnType<typeof createService>,
    private readonly random: () => number,
    private readonly rate: number,
    private readonly limits: {
      readonly faults: number;
      readonly atOnce: number;
      readonly held: number;
      readonly down?: Down;
    },
  ) {}

  /** How many faults there were. */
  get faults(): number {
    return this.seen.filter(({ fault }) => fault).length;
  }

  /** In place of the global `fetch`; a client tells by its fetch options which process it is of. */
  fetch = async (url: string, options: RequestInit & { generation?: number }): Promise<Response> => {
    const { method = "GET", body, signal, headers, generation } = options;
    if (!this.lives(generation)) return never();
    const lower = Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
    const origin = (Object.keys(origins) as Origin[]).find((name) => url.startsWith(origins[name]));
    if (!origin) {
      this.violations.push(`a request to ${url}`);
      throw lost();
    }
    if (uploadHosts.includes(origin) && "authorization" in lower) this.violations.push("a token to the upload host");
    const bytes = body === undefined || body === null ? Buffer.alloc(0) : Buffer.from(body as string);
    if (bytes.length > 0 || method === "POST") lower["content-length"] = String(bytes.length);
    const head = { origin, method, url, headers: lower };
    const exchange = this.service.open(head);
    this.#open.add(exchange);
    const kind = exchange.entry.kind;
    if (this.closed && !this.undoing.has(kind)) this.violations.push(`a ${kind} request after the end`);
    const fault = this.#pick(kind, exchange);
    const range = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(lower["content-range"] ?? "");
    if (range && origin === "drive" && Number(range[2]) < Number(range[3]) - 1 && bytes.length % 327_680 !== 0)
      this.violations.push(`a range of ${bytes.length} bytes to a drive`);
    this.seen.push({
      kind,
      start: range ? Number(range[1]) : undefined,
      bytes: bytes.length,
      fault: fault?.name,
      at: Date.now(),
    });
    if (range && this.position - Number(range[1]) > this.limits.held)
      this.violations.push("more of a stream in memory");
    const session = kind === "range" ? url : undefined;
    this.#enter(session, atOnce[origin] ?? 1);
    try {
      const again = () => {
        const second = this.service.open(head);
        const reply = second.answer(bytes);
        second.close();
        return reply;
      };
      const reply = await (fault?.carry ?? faults.none)({
        exchange,
        bytes,
        again,
        random: this.random,
        wait: (ms) => wait(ms, signal),
        lost,
      });
      if (!this.lives(generation)) return never();
      // a session is tried next to a range, and opened in its turn if that is refused
      if (reply.status === 412 && !fault && kind !== "link" && kind !== "create")
        this.violations.push("two writes to one item at once");
      return new Response(reply.status === 204 || reply.body.length === 0 ? null : new Uint8Array(reply.body), {
        status: reply.status,
        headers: { ...reply.headers },
      });
    } catch (error) {
      exchange.abandon();
      if (!this.lives(generation)) return never();
      throw error;
    } finally {
      exchange.close();
      if (this.#open.delete(exchange)) this.#leave(session);
    }
  };

  #pick(kind: RequestKind, exchange: Exchange): Fault | undefined {
    const { down } = this.limits;
    if (down?.kind === kind) return faults.all.find(({ name }) => name === down.fault);
    if (this.faults >= this.limits.faults || this.random() >= this.rate) return undefined;
    const possible = faults.all.filter(({ on }) => !on || on(kind, exchange));
    return possible[Math.floor(this.random() * possible.length)];
  }

  #enter(session: string | undefined, most: number): void {
    if (++this.#inFlight > this.limits.atOnce) this.violations.push(`${this.#inFlight} requests at once`);
    if (session === undefined) return;
    const count = (this.#putting.get(session) ?? 0) + 1;
    this.#putting.set(session, count);
    if (count > most) this.violations.push(`${count} ranges of one session at once`);
  }

  #leave(session: string | undefined): void {
    this.#inFlight--;
    if (session !== undefined) this.#putting.set(session, this.#putting.get(session)! - 1);
  }

  /** One await of a process, at which it may die: whether it lives on. */
  lives(generation: number | undefined): boolean {
    if (generation !== this.generation) return false;
    if (--this.lifetime > 0) return true;
    this.#kill();
    return false;
  }

  /** Ends a process: what it has sent may still be done, but nobody hears of it. */
  #kill(): void {
    this.lifetime = Infinity;
    this.generation++;
    this.#inFlight = 0;
    this.#putting.clear();
    this.#open.forEach((exchange) => exchange.abandon());
    this.#open.clear();
  }
}

const never = () => new Promise<never>(() => {});

/** The error of `fetch` for a lost connection. Its text names the address, as in some runtimes. */
const lost = () => new TypeError(`fetch failed: ${origins.outlook}secret-upload-url?authtoken=secret`);

function wait(milliseconds: number, signal?: AbortSignal | null): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(Object.assign(new Error("aborted"), { name: "AbortError" }));
    if (signal?.aborted) return stop();
    if (milliseconds !== Infinity) setTimeout(resolve, milliseconds);
    signal?.addEventListener("abort", stop, { once: true });
  });
}
