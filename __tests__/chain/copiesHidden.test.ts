/** Chains of other copies of the Graph client, in every form in which applications build them. */
import * as graph from "@microsoft/microsoft-graph-client";
import type { Client, Context, Middleware } from "@microsoft/microsoft-graph-client";
import { startEmulator, type Emulator } from "../../src/emulator/index.js";
import { LargeAttachmentHandler, LargeAttachmentTask, withLargeAttachments } from "../../src/index.js";
import { fileOf, sha256 } from "../support/graph.js";

type GraphClient = typeof graph;
const load = (name: string) => jest.requireActual<GraphClient>(name);
const [old, lowest] = [load("graph-client-2"), load("graph-client-lowest")];
const large = fileOf(5_000_000);
const options = { delay: 1, retries: 2 };

let emulator: Emulator;
beforeAll(async () => void (emulator = await startEmulator()));
beforeEach(() => emulator.reset());
afterEach(() => void jest.restoreAllMocks());
afterAll(() => emulator.close());

const provider = { getAccessToken: async () => emulator.token };
const chainOf = (copy: GraphClient): Middleware[] => [
  new copy.AuthenticationHandler(provider),
  new copy.RetryHandler(),
  new copy.RedirectHandler(),
  new copy.HTTPMessageHandler(),
];
/** Keeps the next handler where nobody finds it. */
class Hiding implements Middleware {
  #next?: Middleware;
  execute = (context: Context) => this.#next!.execute(context);
  setNext = (next: Middleware) => void (this.#next = next);
}
/** Keeps the next handler under a name of its own. */
class Logging implements Middleware {
  following?: Middleware;
  execute = (context: Context) => this.following!.execute(context);
  setNext = (next: Middleware) => void (this.following = next);
}
function linked(...chain: Middleware[]): Middleware {
  chain.forEach((one, at) => at + 1 < chain.length && one.setNext!(chain[at + 1]!));
  return chain[0]!;
}

const forms: Record<string, (copy: GraphClient) => object> = {
  "Client.init": () => ({
    authProvider: (done: (error: unknown, token: string) => void) => done(null, emulator.token),
  }),
  "an authentication provider": () => ({ authProvider: provider }),
  "a list of handlers": (copy) => ({ middleware: chainOf(copy) }),
  "handlers that are linked already": (copy) => ({ middleware: linked(...chainOf(copy)) }),
  "a handler with its own name for the next": (copy) => ({ middleware: [new Logging(), ...chainOf(copy)] }),
  "a handler that hides the next": (copy) => ({ middleware: [new Hiding(), ...chainOf(copy)] }),
  "this package's handler in the list": (copy) => ({ middleware: [new LargeAttachmentHandler(), ...chainOf(copy)] }),
};
const clientFrom = (copy: GraphClient, form: string): Client => {
  const given: never = { ...emulator.clientOptions, ...forms[form]!(copy) } as never;
  return withLargeAttachments(form === "Client.init" ? copy.Client.init(given) : copy.Client.initWithMiddleware(given), options); // prettier-ignore
};

const ways: Record<string, (client: Client) => Promise<unknown>> = {
  attach: (client) => client.api(emulator.addMessage().path).attach(large, { name: "big.bin" }),
  "an intercepted POST": (client) =>
    client.api(`${emulator.addMessage().path}/attachments`).post({
      "@odata.type": "#microsoft.graph.fileAttachment",
      name: "big.bin",
      contentBytes: large.toString("base64"),
    }),
  "a task": async (client) =>
    (await LargeAttachmentTask.create(client, emulator.addMessage().path, large, { name: "big.bin" })).upload(),
  withAttachments: (client) =>
    client
      .api("/me/messages")
      .withAttachments([{ file: large, name: "big.bin" }])
      .post({ subject: "x" }),
};
const copies = { "Graph client 2": old, "Graph client 3.0.2": lowest };
const all = Object.keys(copies).flatMap((copy) =>
  Object.keys(forms).flatMap((form) => Object.keys(ways).map((way) => [copy, form, way] as const)),
);

test.each(all)("%s, %s: no token leaves for an upload host, and the file arrives by %s", async (copy, form, way) => {
  const real = globalThis.fetch;
  const signed = new Set<string>();
  jest.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    if (new Headers(init?.headers).has("Authorization")) signed.add(new URL(String(input)).origin);
    return real(input, init);
  });
  await ways[way]!(clientFrom(copies[copy as keyof typeof copies], form));
  expect([...signed]).toEqual([new URL(emulator.graphUrl).origin]);
  const sent = emulator.sessions.at(-1)!;
  expect(sent).toMatchObject({ state: "complete" });
  const held = emulator.mailbox.drafts().flatMap(({ attachments }) => attachments.map((one) => one.sha256));
  expect(held).toEqual([sha256(large)]);
});

test.each(Object.keys(forms))("Graph client 3.0.2, %s: a range is repeated by the upload alone", async (form) => {
  const item = emulator.addMessage();
  emulator.fault({ on: { kind: "range", range: 1 }, status: 503, times: 3 });
  const attaching = clientFrom(lowest, form).api(item.path).attach(large, { name: "big.bin" });
  await expect(attaching).rejects.toMatchObject({ code: "interrupted" });
  expect(emulator.requests.filter(({ kind, fault }) => kind === "range" && fault)).toHaveLength(3);
  emulator.verifyFaults();
});
