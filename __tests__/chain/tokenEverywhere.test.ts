import { Client, type Context, type Middleware } from "@microsoft/microsoft-graph-client";
import { startEmulator, type Emulator } from "../../src/emulator/index.js";
import { withLargeAttachments } from "../../src/index.js";
import { fileOf, sha256 } from "../support/graph";
import { subjects, take, type Subject } from "../support/subjects";

let emulator: Emulator;
beforeAll(async () => void (emulator = await startEmulator()));
afterAll(() => emulator.close());

/** A chain that knows nothing but a token, which it adds to every request, as axios, got and n8n do. */
class TokenEverywhere implements Middleware {
  async execute(context: Context): Promise<void> {
    const headers = { ...(context.options!.headers as object), Authorization: `Bearer ${emulator.token}` };
    context.response = await fetch(context.request as string, { ...context.options, headers });
  }
}

const bare = (init?: object) => (url: URL | RequestInfo, given?: RequestInit) =>
  fetch(url, { ...given, ...emulator.clientOptions.fetchOptions, ...init });
const refusing = { driveAuthorization: "refuse", printAuthorization: "refuse" } as const;
const hosts = subjects.filter(({ name }) => !/To Do|Azure DevOps/.test(name));

async function upload(subject: Subject, own?: typeof fetch) {
  take(emulator, subject);
  emulator.vary(refusing);
  const client = Client.initWithMiddleware({ ...emulator.clientOptions, middleware: new TokenEverywhere() });
  const item = subject.add(emulator);
  const bytes = fileOf(2 * subject.range + 17);
  const options = { ...subject.about, threshold: 9_999, rangeSize: subject.range, delay: 1, fetch: own };
  await withLargeAttachments(client).api(item.path).attach(bytes, options);
  expect(subject.held(emulator, item)).toMatchObject([{ sha256: sha256(bytes) }]);
}

test.each(hosts)("a chain that adds its token to every request is told to set fetch: $name", async (subject) => {
  const message = expect.stringMatching(/Upload hosts take no token\. .* set the option \{ fetch \}/);
  await expect(upload(subject)).rejects.toMatchObject({ statusCode: 401, message });
});

test.each(hosts)("with the option fetch, the same chain uploads: $name", async (subject) => {
  await upload(subject, bare());
});

test.each(hosts)("a function that adds the token itself is told so: $name", async (subject) => {
  const message = expect.stringMatching(/the option fetch must add none\.$/);
  const own = bare({ headers: { Authorization: `Bearer ${emulator.token}` } });
  await expect(upload(subject, own)).rejects.toMatchObject({ statusCode: 401, message });
});

/** As axios sends: headers of plain objects only, and for a view of bytes the whole buffer behind it. */
const likeAxios: typeof fetch = (url, init) => {
  const { headers = {}, body, ...others } = init ?? {};
  const prototype: unknown = Object.getPrototypeOf(headers);
  const isPlain = prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
  const bytes = ArrayBuffer.isView(body) ? body.buffer : body;
  return bare()(url, { ...others, headers: isPlain ? { ...(headers as object) } : {}, body: bytes });
};

test.each(hosts)("a fetch made of axios uploads: $name", async (subject) => {
  await upload(subject, likeAxios);
});

test.each(hosts)("a middleware that takes headers of plain objects only sends them: $name", async (subject) => {
  take(emulator, subject);
  const sending: Middleware = {
    async execute(context) {
      const isApi = String(context.request).startsWith(emulator.graphUrl);
      const { headers, body, ...others } = context.options!;
      const signed = isApi ? { ...(headers as object), Authorization: `Bearer ${emulator.token}` } : headers;
      const exact = ArrayBuffer.isView(body) ? Buffer.from(body.buffer, body.byteOffset, body.byteLength) : body;
      const view = ArrayBuffer.isView(exact) ? new Uint8Array(exact) : exact;
      context.response = await likeAxios(context.request as string, { ...others, headers: signed, body: view });
    },
  };
  const client = Client.initWithMiddleware({ ...emulator.clientOptions, middleware: sending });
  const item = subject.add(emulator);
  const bytes = fileOf(2 * subject.range + 17);
  const options = { ...subject.about, threshold: 9_999, rangeSize: subject.range, delay: 1 };
  await withLargeAttachments(client).api(item.path).attach(bytes, options);
  expect(subject.held(emulator, item)).toMatchObject([{ sha256: sha256(bytes) }]);
});
