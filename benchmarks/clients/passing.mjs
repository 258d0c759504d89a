// The cost of a handler at the head of the chain for requests that it does not change.
import { LargeAttachmentHandler } from "../../dist/esm/index.js";

const CALLS = 5_000;
const BATCHES = 60;
const reply = new Response(null, { status: 204 });
const terminal = {
  async execute(context) {
    context.response = reply;
  },
};
const handler = new LargeAttachmentHandler();
handler.setNext(terminal);

const API = "https://graph.microsoft.com/v1.0";
const REQUESTS = {
  get: { request: `${API}/me/messages?$top=10`, method: "GET" },
  post: { request: `${API}/me/messages`, method: "POST", body: JSON.stringify({ subject: "x" }) },
  attachment: {
    request: `${API}/me/messages/AAMkAGI1AAAoZCfHAAA=/attachments`,
    method: "POST",
    body: JSON.stringify({
      "@odata.type": "#microsoft.graph.fileAttachment",
      name: "a.txt",
      contentBytes: Buffer.alloc(30_000, 7).toString("base64"),
    }),
  },
};

/** CPU microseconds per call, alternately without and with the handler. Returns the differences of the pairs. */
export function passing({ kind }) {
  const { request, ...options } = REQUESTS[kind];
  const middlewareControl = { middlewareOptions: new Map(), getMiddlewareOptions: () => undefined };
  const context = () => ({ request, options: { ...options, headers: {} }, middlewareControl });
  const contexts = (count) => Array.from({ length: count }, context);
  const batch = async (first) => {
    const all = contexts(CALLS);
    const before = process.cpuUsage();
    for (const context of all) await first.execute(context);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / CALLS;
  };
  const work = async () => {
    const added = [];
    const alone = [];
    for (let index = 0; index < BATCHES; index++) {
      const [first, second] = index % 2 ? [handler, terminal] : [terminal, handler];
      const one = await batch(first);
      const other = await batch(second);
      added.push(index % 2 ? one - other : other - one);
      alone.push(index % 2 ? other : one);
    }
    return { measured: { added, alone } };
  };
  const warmUp = async () => {
    await batch(terminal);
    await batch(handler);
  };
  return { warmUp, work };
}
