// A large attachment in the JSON body of one POST, sent by the handler or parsed by hand.
import { monitorEventLoopDelay } from "node:perf_hooks";
import { HTTPMessageHandler } from "@microsoft/microsoft-graph-client";
import { LargeAttachmentHandler } from "../../dist/esm/index.js";
import { bytesOf } from "../support/source.mjs";

const COLLECTION = "/v1.0/me/messages/1/attachments";
/** Milliseconds. */
const RESOLUTION = 1;

/** Creates the body as one piece of memory. `JSON.stringify` leaves several, which the client's first read would join. */
function bodyOf(size) {
  const contentBytes = bytesOf(size).toString("base64");
  const body = { "@odata.type": "#microsoft.graph.fileAttachment", name: "file.bin", contentBytes };
  return Buffer.from(JSON.stringify(body)).toString("latin1");
}

/** Uploads through the handler and `fetch`. */
export async function handled({ origin, size }) {
  const handler = new LargeAttachmentHandler();
  handler.setNext(new HTTPMessageHandler());
  const body = bodyOf(size);
  const post = async (what) => {
    const context = contextOf(origin, what);
    await handler.execute(context);
    if (context.response.status !== 201) throw new Error(`The handler answered ${context.response.status}.`);
  };
  return {
    async warmUp() {
      await post("{}"); // The first request loads the upload code.
      await fetch(`${origin}/reset`).then((reply) => reply.text());
    },
    work: () => untilFirstRange(origin, () => post(body)),
  };
}

/** Measures how long the same upload from bytes blocks the event loop, by `fetch` alone. */
export async function bytes({ origin, size }) {
  const { bare } = await import("./bare.mjs");
  const { work } = bare({ origin, size, rangeSize: 3_932_160 });
  return {
    warmUp: () => fetch(`${origin}/reset`).then((reply) => reply.text()),
    work: () => untilFirstRange(origin, work),
  };
}

/** Measures the alternative to the handler: parse the whole body and decode all base64. */
export function parsed({ size }) {
  const body = bodyOf(size);
  return {
    work: () => stops(async () => ({ first: await timed(() => Buffer.from(JSON.parse(body).contentBytes, "base64")) })),
  };
}

/** Measures the handler's memory during a range, besides the caller's string and after garbage collection. Sends nothing. */
export function held({ origin, size }) {
  const body = bodyOf(size);
  const handler = new LargeAttachmentHandler();
  let buffers = 0;
  let heap = 0;
  let base;
  const inUse = () => {
    globalThis.gc();
    globalThis.gc();
    return process.memoryUsage();
  };
  const look = () => {
    const now = inUse();
    buffers = Math.max(buffers, now.arrayBuffers - base.arrayBuffers);
    heap = Math.max(heap, now.heapUsed - base.heapUsed);
  };
  handler.setNext({
    async execute(context) {
      const range = /-(\d+)\/(\d+)$/.exec(context.options.headers["Content-Range"] ?? "");
      if (range && base) look();
      context.response = answerTo(range, context.request, origin);
    },
  });
  const post = (given) => handler.execute(contextOf(origin, given));
  const work = async () => {
    base = inUse();
    await post(body);
    return { measured: { buffers, heap } };
  };
  return { warmUp: () => post(bodyOf(4_000_000)), work };
}

function answerTo(range, url, origin) {
  const json = (value, status) => Response.json(value, { status });
  if (url.endsWith("createUploadSession"))
    return json({ uploadUrl: `${origin}/sessions/attachmentSessions/1`, nextExpectedRanges: ["0-"] }, 201);
  if (!range) return json({ value: [] }, 200);
  const next = Number(range[1]) + 1;
  if (next < Number(range[2])) return json({ nextExpectedRanges: [`${next}-`] }, 200);
  return new Response(null, { status: 201, headers: { Location: `${origin}${COLLECTION}/1` } });
}

function contextOf(origin, body) {
  const headers = { "Content-Type": "application/json" };
  return { request: `${origin}${COLLECTION}`, options: { method: "POST", headers, body } };
}

/** Runs work, and asks the service when the first range arrived. Both use the same clock. */
async function untilFirstRange(origin, work) {
  const began = process.hrtime.bigint();
  const { measured } = await stops(work);
  const { firstRange } = await (await fetch(`${origin}/stats`)).json();
  return { measured: { ...measured, first: Number(BigInt(firstRange) - began) / 1e6 } };
}

/** Measures the longest block of the event loop during work, in milliseconds. */
async function stops(work) {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION });
  delays.enable();
  await new Promise((resolve) => setTimeout(resolve, 5));
  const measured = await work();
  await new Promise((resolve) => setTimeout(resolve, 5));
  delays.disable();
  return { measured: { ...measured, longest: delays.max / 1e6 - RESOLUTION } };
}

async function timed(work) {
  const before = performance.now();
  await work();
  return performance.now() - before;
}
