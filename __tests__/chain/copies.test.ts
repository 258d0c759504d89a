/** Clients that people already have: other versions and copies of the Graph client and of this package, and wrappers. */
import * as graph from "@microsoft/microsoft-graph-client";
import type { Client } from "@microsoft/microsoft-graph-client";
import { startEmulator, type Emulator } from "../../src/emulator/index.js";
import * as here from "../../src/index.js";
import { clientOf, fileOf, sha256 } from "../support/graph.js";

type GraphClient = typeof graph;
type Package = typeof here;
const { LargeAttachmentTask, UploadError, withLargeAttachments } = here;
const load = (name: string) => jest.requireActual<GraphClient>(name);
const large = fileOf(5_000_000);
const options = { delay: 1, retries: 2 };

let emulator: Emulator;
beforeAll(async () => void (emulator = await startEmulator()));
beforeEach(() => emulator.reset());
afterEach(() => void jest.restoreAllMocks());
afterAll(() => emulator.close());

const clientFrom = (copy: GraphClient): Client =>
  copy.Client.init({ ...emulator.clientOptions, authProvider: (done) => done(null, emulator.token) });
/** Another copy of this package, over this copy of the Graph client or another one. */
function packageOver(copy: GraphClient): Package {
  let loaded: Package | undefined;
  jest.isolateModules(() => {
    jest.doMock("@microsoft/microsoft-graph-client", () => copy);
    loaded = jest.requireActual<Package>("../../src/index.js");
  });
  jest.dontMock("@microsoft/microsoft-graph-client");
  return loaded!;
}
const holds = (item: { readonly id: string; readonly path: string }) =>
  expect(emulator.attachments(item).map((one) => one.sha256)).toEqual([sha256(large)]);
const json = () => ({
  "@odata.type": "#microsoft.graph.fileAttachment",
  name: "big.bin",
  contentBytes: large.toString("base64"),
});
/** Every way in, through one client. */
async function tryAll(client: Client, { LargeAttachmentTask: Task }: Package): Promise<void> {
  const items = [1, 2, 3].map(() => emulator.addMessage());
  await client.api(items[0]!.path).attach(large, { name: "big.bin" });
  await client.api(`${items[1]!.path}/attachments`).post(json());
  await (await Task.create(client, items[2]!.path, large, { name: "big.bin" })).upload();
  items.forEach(holds);
  await client
    .api("/me/sendMail")
    .withAttachments([{ file: large, name: "big.bin" }])
    .post({ message: { subject: "x", toRecipients: [{ emailAddress: { address: "a@example.com" } }] } });
  expect(emulator.mailbox.outbox()).toHaveLength(1);
}

test.each(["graph-client-lowest", "@microsoft/microsoft-graph-client"])(
  "the lowest and the highest Graph client of the peer range work in every way: %s",
  async (name) => {
    const copy = load(name);
    const own = packageOver(copy);
    await tryAll(own.withLargeAttachments(clientFrom(copy), options), own);
  },
);

describe("a client of another copy of the Graph client", () => {
  const other = () => withLargeAttachments(clientFrom(load("graph-client-lowest")), options);

  test("works in every way", () => tryAll(other(), here));

  test("does not repeat what this package repeats itself", async () => {
    const item = emulator.addMessage();
    emulator.fault({ on: { kind: "range", range: 1 }, status: 503, times: 2 });
    const began = performance.now();
    await other().api(item.path).attach(large, { name: "big.bin" });
    expect(performance.now() - began).toBeLessThan(3_000);
    holds(item);
  });

  test.each([307, 308, 302])(
    "sends no range after a %d to another origin, where fetch shows redirects",
    async (status) => {
      const real = globalThis.fetch;
      const elsewhere: string[] = [];
      jest.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
        if (String(input).startsWith("https://evil.example")) elsewhere.push(String(input));
        if (init?.method !== "PUT" && !String(input).startsWith("https://evil.example")) return real(input, init);
        return new Response(null, { status, headers: { Location: "https://evil.example/x" } });
      });
      const attaching = other().api(emulator.addMessage().path).attach(large, { name: "big.bin" });
      await expect(attaching).rejects.toBeDefined();
      expect(elsewhere).toEqual([]);
    },
  );
});

test("a chain that follows redirects in its own way takes no range to another origin", async () => {
  const urls: string[] = [];
  class Following implements graph.Middleware {
    constructor(private readonly next: graph.Middleware) {}
    async execute(context: graph.Context) {
      if (context.options?.method === "PUT") context.request = "https://evil.example/x";
      urls.push(String(context.request));
      await this.next.execute(context);
    }
  }
  const client = clientOf(emulator);
  client["httpClient"]["middleware"] = new Following(client["httpClient"]["middleware"]);
  const attaching = withLargeAttachments(client, options).api(emulator.addMessage().path).attach(large, { name: "a" });
  await expect(attaching).rejects.toMatchObject({ code: "invalid", message: expect.stringMatching(/another origin/) });
  expect(urls.filter((url) => url.includes("evil"))).toEqual([]);
});

test("a Graph client 2 sends its token to no upload host", async () => {
  const old = withLargeAttachments(clientFrom(load("graph-client-2")), options);
  const item = emulator.addMessage();
  const real = globalThis.fetch;
  const signed: string[] = [];
  const api = new URL(emulator.clientOptions.baseUrl!).origin;
  jest.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    if (new Headers(init?.headers).has("Authorization")) signed.push(new URL(String(input)).origin);
    return real(input, init);
  });
  await old.api(item.path).attach(large, { name: "big.bin" });
  holds(item);
  expect(new Set(signed)).toEqual(new Set([api]));
});

describe("a wrapper that holds a client, as SharePoint's MSGraphClientV3 does", () => {
  class Wrapper {
    readonly kind = "wrapper";
    constructor(readonly client: Client) {}
    api(path: string) {
      return this.client.api(path);
    }
  }

  test("is taken, keeps its own type and members, and works in every way in", async () => {
    const given = new Wrapper(clientFrom(load("graph-client-lowest")));
    const wrapper = withLargeAttachments(given, options);
    expect(wrapper).toBe(given);
    expect(wrapper.kind).toBe("wrapper");
    const item = emulator.addMessage();
    await wrapper.api(item.path).attach(large, { name: "big.bin" });
    holds(item);
    const another = emulator.addMessage();
    const task = await LargeAttachmentTask.create(wrapper, another.path, large, { name: "big.bin" });
    await (await LargeAttachmentTask.restore(wrapper, task.session, large)).resume();
    holds(another);
    await here.preload(wrapper);
  });

  test.each(["graphClient", "_client", "sdk"])("is taken by any name of the member: %s", async (name) => {
    const inner = clientFrom(load("graph-client-lowest"));
    const wrapper = withLargeAttachments({ api: (path: string) => inner.api(path), [name]: inner }, options);
    const item = emulator.addMessage();
    await wrapper.api(item.path).attach(large, { name: "big.bin" });
    holds(item);
  });

  test.each([
    [Promise.resolve(clientFrom), /This is not a Graph client: it is a promise of one, so await it first\.$/],
    [{ getClient: async () => clientFrom }, /give what its getClient\(…\) resolves to\.$/],
  ])("that has none yet is told how to get it: %p", async (given, message) => {
    expect(() => withLargeAttachments(given as never)).toThrow(message);
    await expect(LargeAttachmentTask.create(given as never, "/me/messages/1", large)).rejects.toThrow(message);
    await expect(here.preload(given as never)).rejects.toThrow(message);
  });

  test.each([undefined, null, {}, { api: () => ({}) }, { client: {} }, "client", 5])(
    "that holds none is told in one sentence: %p",
    async (given) => {
      expect(() => withLargeAttachments(given as never)).toThrow(/^This is not a Graph client: give a Client of/);
      await expect(LargeAttachmentTask.create(given as never, "/me/messages/1", large)).rejects.toThrow(
        /not a Graph client/,
      );
    },
  );
});

describe("two copies of this package in one process", () => {
  const both = () => {
    const other = packageOver(graph);
    expect(other.withLargeAttachments).not.toBe(withLargeAttachments);
    return { other, client: clientOf(emulator) };
  };

  test("share one handler and its defaults, in either order", async () => {
    for (const order of [0, 1]) {
      const { other, client } = both();
      const [first, second] = order === 0 ? [here, other] : [other, here];
      const progress: number[] = [];
      first.withLargeAttachments(client, { ...options, onProgress: ({ loaded }) => void progress.push(loaded) });
      const head = client["httpClient"]["middleware"];
      second.withLargeAttachments(client);
      expect(client["httpClient"]["middleware"]).toBe(head);
      await client.api(emulator.addMessage().path).attach(large, { name: "big.bin" });
      expect(progress.at(-1)).toBe(large.length);
      emulator.reset();
      await tryAll(client, second);
      emulator.reset();
    }
  });

  test("know each other's options of one request", async () => {
    const { other, client } = both();
    withLargeAttachments(client, options);
    const progress: number[] = [];
    const own = new other.LargeAttachmentHandlerOptions({ onProgress: ({ loaded }) => void progress.push(loaded) });
    await client.api(`${emulator.addMessage().path}/attachments`).middlewareOptions([own]).post(json());
    expect(progress.at(-1)).toBe(large.length);
  });

  test("know each other's errors, and nothing else, as UploadError", async () => {
    const { other } = both();
    const theirs = new other.UploadError("invalid", "x");
    expect(theirs).toBeInstanceOf(UploadError);
    expect(new UploadError("invalid", "x")).toBeInstanceOf(other.UploadError);
    class Own extends UploadError {}
    expect([theirs instanceof Own, new Own("invalid", "x") instanceof Own]).toEqual([false, true]);
    for (const none of [new Error("x"), { code: "invalid" }, null, undefined, "x"])
      expect(none instanceof UploadError).toBe(false);
  });

  test("send no request of an upload through each other's interception", async () => {
    const { other, client } = both();
    client["httpClient"]["middleware"] = Object.assign(new other.LargeAttachmentHandler({ threshold: 0 }), {
      next: client["httpClient"]["middleware"],
    });
    const outer = Object.assign(new here.LargeAttachmentHandler({ threshold: 3_000_000 }), {
      next: client["httpClient"]["middleware"],
    });
    client["httpClient"]["middleware"] = outer as never;
    withLargeAttachments(client, options);
    await client.api(emulator.addMessage().path).attach(large.subarray(0, 1_000), { name: "small.bin" });
    expect(emulator.requests.map(({ kind }) => kind)).toEqual(["post"]);
  });
});

test("runtimes without URL.canParse upload all the same", async () => {
  const { canParse } = URL;
  Reflect.deleteProperty(URL, "canParse");
  try {
    const client = withLargeAttachments(clientOf(emulator), options);
    const item = emulator.addMessage();
    await client.api(item.path).attach(large, { name: "big.bin" });
    holds(item);
    await expect(client.api("/me/contacts/1").attach(large, { name: "a" })).rejects.toThrow(/takes no attachments/);
  } finally {
    URL.canParse = canParse;
  }
});
