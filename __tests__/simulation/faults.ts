import type { Exchange } from "../../src/emulator/call.js";
import type { Reply, RequestKind } from "../../src/emulator/api.js";

/** Ways in which a fault can affect a request. */
export interface Passage {
  readonly exchange: Exchange;
  readonly bytes: Buffer;
  /** Delivers the request once more. */
  again(): Reply;
  random(): number;
  wait(milliseconds: number): Promise<void>;
  lost(): Error;
}

export interface Fault {
  readonly name: string;
  /** Which requests it may meet; absent: all. */
  readonly on?: (kind: RequestKind, exchange: Exchange) => boolean;
  carry(passage: Passage): Promise<Reply>;
}

const latency = ({ wait, random }: Passage) => wait(1 + Math.floor(random() * 200));
const chosen = <T>({ random }: Passage, among: readonly T[]): T => among[Math.floor(random() * among.length)]!;
const json = (status: number, body: unknown, headers: Record<string, string> = {}): Reply => ({
  status,
  headers: { "content-type": "application/json", ...headers },
  body: Buffer.from(typeof body === "string" ? body : JSON.stringify(body)),
});

async function none(passage: Passage): Promise<Reply> {
  await latency(passage);
  const reply = passage.exchange.answer(passage.bytes);
  await latency(passage);
  return reply;
}

const range = (kind: RequestKind) => kind === "range";
const graphSession = (kind: RequestKind, { head }: Exchange) => kind === "range" && head.origin !== "azureDevOps";
/** Not on what is done once: there a made up refusal of what was done cannot be told from a true one. */
const repeatable = (kind: RequestKind) => !["send", "draft", "mail", "patch", "discard", "post"].includes(kind);
const retryAfter = (passage: Passage): Record<string, string> =>
  chosen<Record<string, string>>(passage, [
    {},
    {},
    { "retry-after": "0" },
    { "retry-after": "7" },
    { "retry-after": new Date(Date.now() + 5_000).toUTCString() },
    { "retry-after": "soon" },
  ]);
const passing = [408, 500, 502, 503, 504, 509];
const hostile: readonly ((passage: Passage, reply: Reply) => Reply)[] = [
  (_, reply) => ({ ...reply, body: Buffer.from("") }),
  (_, reply) => ({ ...reply, body: reply.body.subarray(0, reply.body.length / 2) }),
  ({ exchange }, reply) => {
    const text = reply.body.toString();
    const tellsRanges = exchange.entry.kind === "range" && /nextExpectedRanges/i.test(text); // not of a file
    return tellsRanges ? { ...reply, body: Buffer.from(text.toUpperCase()) } : reply;
  },
  ...[
    {},
    { nextExpectedRanges: [] },
    { nextExpectedRanges: 5 },
    { nextExpectedRanges: ["-5"] },
    { nextExpectedRanges: ["99999999-"] },
    { nextExpectedRanges: ["x"] },
    { NEXTEXPECTEDRANGES: null },
    [],
    5,
    null,
  ].map((body) => (_: Passage, reply: Reply) => json(reply.status, body)),
  (passage, reply) => json(reply.status, { nextExpectedRanges: ["x".repeat(50_000), `${somewhere(passage)}-`] }),
  (passage, reply) => json(reply.status, { nextExpectedRanges: [`${somewhere(passage)}-`, "650-651"] }),
  (passage, reply) => json(reply.status, { nextExpectedRanges: [`${somewhere(passage)}-${somewhere(passage)}`] }),
];

/** A place in the file, or a little behind its end. */
function somewhere({ exchange: { head }, random }: Passage): number {
  const total = Number(head.headers["content-range"]?.split("/")[1] ?? 650);
  return Math.floor(random() * (total + 50));
}

const all: readonly Fault[] = [
  { name: "lost before", carry: async (passage) => (await latency(passage), Promise.reject(passage.lost())) },
  { name: "lost after", carry: async (passage) => (await none(passage), Promise.reject(passage.lost())) },
  {
    name: "cut midway",
    on: range,
    async carry(passage) {
      await latency(passage);
      if (passage.exchange.head.origin !== "azureDevOps")
        passage.exchange.answer(passage.bytes, Math.floor(passage.random() * passage.bytes.length));
      throw passage.lost();
    },
  },
  {
    name: "no reply, not done",
    carry: async (passage) => (await passage.wait(Infinity), Promise.reject(passage.lost())),
  },
  {
    name: "no reply, done",
    carry: async (passage) => (await none(passage), await passage.wait(Infinity), Promise.reject(passage.lost())),
  },
  { name: "slow", carry: async (passage) => (await passage.wait(20_000), none(passage)) },
  {
    name: "delivered twice",
    on: (kind) => ["range", "list", "read", "status", "cancel"].includes(kind),
    async carry(passage) {
      const first = await none(passage);
      passage.exchange.close();
      const second = passage.again();
      return chosen(passage, [first, second]);
    },
  },
  {
    name: "429",
    carry: async (passage) => (
      await latency(passage),
      json(429, { error: { code: "TooManyRequests", message: "" } }, retryAfter(passage))
    ),
  },
  {
    name: "412 conflict",
    on: (kind) => !["list", "read", "status"].includes(kind),
    carry: async (passage) => (
      await latency(passage),
      json(412, { error: { code: "ErrorIrresolvableConflict", message: "" } })
    ),
  },
  {
    name: "5xx",
    carry: async (passage) => (
      await latency(passage),
      json(chosen(passage, passing), "<html>down</html>", { "content-type": "text/html", ...retryAfter(passage) })
    ),
  },
  {
    name: "5xx after",
    carry: async (passage) => (await none(passage), json(chosen(passage, passing), "", retryAfter(passage))),
  },
  {
    name: "session gone",
    on: graphSession,
    carry: async (passage) => (await latency(passage), passage.exchange.dropSession(chosen(passage, [401, 404, 410]))),
  },
  {
    name: "said to be gone",
    on: graphSession,
    carry: async (passage) => (
      await latency(passage),
      json(chosen(passage, [401, 404, 410]), { error: { code: "x", message: "" } })
    ),
  },
  {
    name: "said to be gone after",
    on: graphSession,
    carry: async (passage) => (await none(passage), json(chosen(passage, [401, 404, 410]), "")),
  },
  {
    name: "taken in part",
    on: graphSession,
    carry: async (passage) => (
      await latency(passage),
      passage.exchange.answer(passage.bytes, Math.floor(passage.random() * (passage.bytes.length + 1)))
    ),
  },
  {
    name: "refused",
    on: repeatable,
    carry: async (passage) => (
      await latency(passage),
      json(chosen(passage, [403, 507, 423]), { error: { code: "Refused", message: "No." } })
    ),
  },
  {
    name: "refused while it lives",
    on: graphSession,
    carry: async (passage) => (
      await latency(passage),
      json(chosen(passage, [400, 401, 403, 404, 409, 412]), { error: { code: "x", message: "" } })
    ),
  },
  {
    name: "redirected",
    on: (kind, { head }) => head.origin === "graph" && repeatable(kind),
    carry: async (passage) => (await latency(passage), json(307, "", { location: passage.exchange.head.url })),
  },
  {
    name: "redirected to Throttle.htm",
    on: (_, { head }) => head.origin === "graph" || head.origin === "drive",
    carry: async (passage) => (
      await latency(passage),
      json(302, "", { location: "https://contoso.sharepoint.com/_layouts/15/Throttle.htm" })
    ),
  },
  {
    name: "hostile reply",
    on: (kind) => ["range", "status", "create", "list", "read"].includes(kind),
    async carry(passage) {
      const reply = await none(passage);
      return reply.status < 300 && reply.status !== 201 ? chosen(passage, hostile)(passage, reply) : reply;
    },
  },
];

export const faults = { none, all };
