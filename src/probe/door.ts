import { noAnswer, parse, type Answer } from "./answer.js";
import type { ProbeOptions, ProbeValue } from "./api.js";
import { Ended, Unexpected } from "./errors.js";
import { lineOf, type ProbeRequest } from "./requests.js";
import { Privacy } from "./privacy.js";

/** The limits of a probe, and how it spends time. Tests give other values. */
export interface Means {
  readonly requests: number;
  /** Bytes of all bodies. */
  readonly bytes: number;
  /** Milliseconds for one request. */
  readonly timeout: number;
  readonly fetch: typeof fetch;
  readonly now: () => number;
  /** Waits for so many seconds. Rejects when the signal aborts. */
  readonly wait: (seconds: number, signal?: AbortSignal) => Promise<void>;
}

/** The longest wait that the probe accepts, in seconds. */
const longestWait = 60;
const passing = [408, 502, 503, 504];
const versionHeaders = ["microsoftsharepointteamservices", "x-owa-version", "odata-version", "x-aspnet-version"];

/** The only way out: it counts, limits, paces and repeats requests, and remembers what must not be reported. */
export class Door {
  requests = 0;
  bytes = 0;
  /** True while the probe deletes what it made. No signal and no reserve hold for that. */
  cleaning = false;
  /** Requests that are kept for deleting. */
  reserve: () => number = () => 0;
  private patience = 0;
  readonly privacy = new Privacy();
  readonly versions: Record<string, string> = {};
  /** Facts that the answers show by the way. */
  readonly traces = {
    asked: new Set<string>(),
    redirect: "none" as "none" | "within" | "elsewhere",
    throttled: 0,
    retryAfter: undefined as ProbeValue | undefined,
    azureRetryAfter: null as ProbeValue,
  };

  constructor(
    private readonly options: ProbeOptions,
    private readonly means: Means,
  ) {
    this.privacy.hide(options.user, "{user}");
    this.privacy.hide(options.site, "{site}");
    this.privacy.hide(options.printShare, "{share}");
    this.privacy.hide(options.azureDevOps?.project, "{project}");
  }

  async ask(request: ProbeRequest): Promise<Answer> {
    let url = this.urlOf(request);
    for (let attempt = 0; ; attempt++) {
      const answer = await this.send(request, url);
      const moved = this.redirected(request, answer, url);
      if (moved !== undefined) {
        url = moved;
        continue;
      }
      const pause = this.pauseFor(request, answer);
      if (pause === undefined) return this.checked(request, answer);
      if (attempt === 3) throw new Ended("the service limits requests, or is not available");
      await this.means.wait(pause, this.signal);
    }
  }

  private get signal(): AbortSignal | undefined {
    return this.cleaning ? undefined : this.options.signal;
  }

  private urlOf({ to, url }: ProbeRequest): string {
    if (to === "upload") return url;
    const base = to === "graph" ? (this.options.graphUrl ?? "https://graph.microsoft.com") : this.organization;
    return base.replace(/\/(v1\.0|beta)?\/?$/, "") + url;
  }

  private get organization(): string {
    return this.options.azureDevOps?.organizationUrl ?? "";
  }

  private async send(request: ProbeRequest, url: string): Promise<Answer> {
    this.signal?.throwIfAborted();
    // A service may ask for patience with a success, too.
    if (this.patience > 0) await this.means.wait(this.patience, this.signal);
    this.patience = 0;
    this.spend(request);
    const headers = { ...request.headers, ...(await this.authorization(request)) };
    this.options.onRequest?.(lineOf(request, (text) => this.privacy.shorten(text)));
    const { method, body } = request;
    const timeout = AbortSignal.timeout(this.means.timeout);
    const signal = this.signal ? AbortSignal.any([this.signal, timeout]) : timeout;
    try {
      const init = { ...this.options.fetchOptions, method, headers, body: body as BodyInit | undefined };
      const response = await this.means.fetch(url, { ...init, redirect: "manual", signal });
      return this.read(request, response, await response.text());
    } catch {
      this.signal?.throwIfAborted();
      return noAnswer(this.means.now());
    }
  }

  private spend({ body }: ProbeRequest): void {
    const most = this.means.requests - (this.cleaning ? 0 : this.reserve());
    if (this.requests >= most) throw new Ended(`the limit of ${this.means.requests} requests`, "all");
    const length = body?.length ?? 0;
    if (this.bytes + length > this.means.bytes) throw new Unexpected(`the limit of ${this.means.bytes / 1e6} MB`);
    this.requests++;
    this.bytes += length;
  }

  /** The token never goes to an upload host. A made-up one shows what such a host does with any. */
  private async authorization({ to, stranger }: ProbeRequest): Promise<Record<string, string>> {
    if (stranger) return { Authorization: to !== "graph" ? `Basic ${btoa(":made-up")}` : `Bearer ${madeUp}` };
    if (to === "upload") return {};
    const value = await this.credential(to);
    this.privacy.hide(value?.replace(/^\w+ /, ""), "{token}");
    return { Authorization: value ?? "" };
  }

  /** A sign-in that fails at the first request is an error of the caller. Later, it ends the experiments there. */
  private async credential(to: "graph" | "azureDevOps"): Promise<string | undefined> {
    const { getToken, azureDevOps } = this.options;
    try {
      return to === "graph" ? `Bearer ${await getToken?.()}` : await azureDevOps?.getAuthorization();
    } catch (error) {
      if (this.requests === 1) throw error;
      throw new Ended("the sign-in failed", to === "graph" ? "graph" : "service");
    }
  }

  private read({ to }: ProbeRequest, { status, headers }: Response, text: string): Answer {
    const body = parse(text);
    this.traces.asked.add(to);
    this.privacy.learn(body);
    for (const name of versionHeaders) {
      const version = headers.get(name) ?? "";
      if (/^\d+(\.\d+){1,4}$/.test(version)) this.versions[`${to} ${name}`] = version;
    }
    const wait = headers.get("retry-after");
    if (status < 300 && wait !== null) {
      if (to !== "graph") this.traces.azureRetryAfter = secondsIn(wait);
      this.patience = Math.min(secondsIn(wait), longestWait);
    }
    return { status, headers, text, body, at: this.means.now() };
  }

  /** The URL to which Graph moves a request. It is followed within its origin only. */
  private redirected({ to }: ProbeRequest, { status, headers }: Answer, from: string): string | undefined {
    if (to !== "graph" || (status !== 307 && status !== 308)) return undefined;
    const target = new URL(headers.get("location") ?? "", from);
    const within = target.origin === new URL(from).origin;
    this.traces.redirect = within ? "within" : "elsewhere";
    if (!within) throw new Ended("Graph sends requests to another host", "graph");
    return target.href;
  }

  /** Seconds to wait before the same request is sent again. Undefined if it is not. */
  private pauseFor({ method, once, makes }: ProbeRequest, { status, headers }: Answer): number | undefined {
    const wait = headers.get("retry-after");
    if (status === 302 && /throttle\.htm/i.test(headers.get("location") ?? "")) {
      this.traces.throttled++;
      return 5;
    }
    if (status === 429 || (status === 503 && wait !== null)) {
      this.traces.retryAfter = wait === null ? null : secondsIn(wait);
      return Math.min(wait === null ? 10 : secondsIn(wait), longestWait);
    }
    if (once || makes) return undefined;
    const again = method === "GET" || method === "DELETE";
    return again && (status === 0 || passing.includes(status)) ? 2 : undefined;
  }

  /** A failure of the moment shows no fact, so it ends the experiment. */
  private checked({ once }: ProbeRequest, answer: Answer): Answer {
    if (once) return answer;
    if (answer.status === 0) throw new Unexpected("no response came");
    if (answer.status >= 500 || answer.status === 408) throw new Unexpected(`status ${answer.status}`);
    return answer;
  }
}

/** `Retry-After` in seconds: it is a number, or a date. */
function secondsIn(value: string): number {
  const seconds = Number(value);
  return Number.isNaN(seconds) ? Math.max(0, Math.round((Date.parse(value) - Date.now()) / 1000)) || 0 : seconds;
}

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const madeUp = `${part({ typ: "JWT", alg: "RS256" })}.${part({ aud: "https://graph.microsoft.com" })}.bm9uZQ`;
