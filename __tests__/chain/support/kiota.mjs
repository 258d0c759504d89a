// Bridges the published handler into the middleware chain of Kiota. ARCHITECTURE.md says what the bridge needs.
import { randomFillSync } from "node:crypto";
import { HttpMethod, RequestInformation } from "@microsoft/kiota-abstractions";
import {
  FetchRequestAdapter,
  HttpClient,
  MiddlewareFactory,
  RedirectHandlerOptionKey,
  RedirectHandlerOptions,
  RetryHandlerOptionKey,
  RetryHandlerOptions,
} from "@microsoft/kiota-http-fetchlibrary";
import { LargeAttachmentHandler } from "graph-large-attachments";
import { startEmulator } from "graph-large-attachments/emulator";

// The bridge begins.
const once = {
  [RetryHandlerOptionKey]: new RetryHandlerOptions({ maxRetries: 0 }),
  [RedirectHandlerOptionKey]: new RedirectHandlerOptions({ maxRedirects: 0 }),
};

class LargeAttachments {
  #handler;
  constructor(options) {
    this.#handler = new LargeAttachmentHandler(options);
    this.#handler.setNext({
      execute: async (context) => {
        const { requestOptions, ...own } = context.options;
        context.response = context.given
          ? await this.next.execute(context.request, context.given, requestOptions)
          : await this.next.execute(context.request, own, { ...requestOptions, ...once });
      },
    });
  }
  async execute(url, given, requestOptions) {
    const bytes = given.body instanceof ArrayBuffer || ArrayBuffer.isView(given.body);
    const body = bytes ? new TextDecoder().decode(given.body) : given.body;
    const context = { request: url, options: { ...given, body, requestOptions }, given };
    await this.#handler.execute(context);
    return context.response;
  }
}
// The bridge ends.

const emulator = await startEmulator();
const send = (url, init) => fetch(url, { ...init, ...emulator.clientOptions.fetchOptions });
const http = new HttpClient(
  undefined,
  new LargeAttachments({ delay: 1 }),
  ...MiddlewareFactory.getDefaultMiddlewares(send),
);
const authentication = {
  authenticateRequest: async (request) => void request.headers.add("Authorization", `Bearer ${emulator.token}`),
};
const adapter = new FetchRequestAdapter(authentication, undefined, undefined, http);

async function post(item, bytes) {
  const request = new RequestInformation(HttpMethod.POST);
  request.URL = `${emulator.graphUrl}v1.0${item.path}/attachments`;
  const contentBytes = bytes.toString("base64");
  const attachment = { "@odata.type": "#microsoft.graph.fileAttachment", name: "report.pdf", contentBytes };
  request.setStreamContent(new TextEncoder().encode(JSON.stringify(attachment)).buffer, "application/json");
  const answer = await adapter.sendPrimitive(request, "ArrayBuffer", undefined);
  return JSON.parse(new TextDecoder().decode(answer));
}

const large = randomFillSync(Buffer.alloc(9_000_000));
const message = emulator.addMessage();
const { name, size } = await post(message, large);
const held = emulator
  .attachments(message)
  .map(({ name, bytes, via }) => ({ name, size: bytes.length, same: bytes.equals(large), via }));
const tokens = Object.fromEntries(
  ["graph", "outlook"].map((host) => [
    host,
    emulator.requests.filter(({ origin }) => origin === host).every(({ authorized }) => authorized),
  ]),
);

const other = emulator.addMessage();
await post(other, Buffer.from("small"));
const [{ via: small }] = emulator.attachments(other);

emulator.reset();
emulator.fault({ on: { kind: "create" }, status: 503 });
await post(emulator.addMessage(), large);
const createdWhenBusy = emulator.requests.filter(({ kind }) => kind === "create").length;

emulator.fault({ on: { kind: "create" }, status: 507 });
const refused = await post(emulator.addMessage(), large).catch(({ responseStatusCode }) => responseStatusCode);

process.stdout.write(JSON.stringify({ answered: { name, size }, held, small, tokens, createdWhenBusy, refused }));
await emulator.close();
