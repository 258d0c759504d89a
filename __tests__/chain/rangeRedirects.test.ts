/** An upload host that redirects a range to another origin, with every chain and every fetch. */
import { createServer, type Server } from "node:http";
import { Agent } from "node:https";
import type { AddressInfo } from "node:net";
import * as graph from "@microsoft/microsoft-graph-client";
import { startEmulator, type Emulator } from "../../src/emulator/index.js";
import { withLargeAttachments } from "../../src/index.js";
import { fileOf } from "../support/graph.js";

type GraphClient = typeof graph;
const nodeFetch = jest.requireActual<{ default(url: string, init: object): Promise<Response> }>("node-fetch");
const small = { threshold: 100_000, rangeSize: 400_000 }; // 43 uploads of 9 MB take long
const large = fileOf(1_000_000);

let emulator: Emulator;
let elsewhere: Server;
let taken: string[];
let agent: Agent;
beforeAll(async () => {
  emulator = await startEmulator();
  agent = new Agent({ ca: emulator.ca });
  elsewhere = createServer((request, response) => {
    taken.push(request.method!);
    request.resume().on("end", () => response.writeHead(200, { "Content-Type": "application/json" }).end("{}"));
  });
  await new Promise<void>((done) => elsewhere.listen(0, done));
});
beforeEach(() => {
  emulator.reset();
  taken = [];
});
afterEach(() => void jest.restoreAllMocks());
afterAll(async () => {
  agent.destroy();
  elsewhere.closeAllConnections();
  elsewhere.close();
  await emulator.close();
});

const clientFrom = (copy: GraphClient, handlers?: GraphClient) => {
  if (!handlers)
    return copy.Client.init({ ...emulator.clientOptions, authProvider: (done) => done(null, emulator.token) });
  const { AuthenticationHandler, HTTPMessageHandler, RedirectHandler, RetryHandler } = handlers;
  const signing = new AuthenticationHandler({ getAccessToken: async () => emulator.token });
  const middleware = [signing, new RetryHandler(), new RedirectHandler(), new HTTPMessageHandler()];
  return copy.Client.initWithMiddleware({ ...emulator.clientOptions, middleware });
};
const load = (name: string) => jest.requireActual<GraphClient>(name);
const trusting = (init?: object) => ({ ...init, ...emulator.clientOptions.fetchOptions });
type Given = { readonly copy?: GraphClient; readonly handlers?: GraphClient; readonly fetch?: typeof fetch };

async function upload({ copy = graph, handlers, fetch: own }: Given, status: number): Promise<unknown> {
  const location = `http://localhost:${(elsewhere.address() as AddressInfo).port}/`;
  emulator.fault({ on: { kind: "range" }, status, headers: { location }, times: 5 });
  const { path } = emulator.addMessage();
  const client = withLargeAttachments(clientFrom(copy, handlers), { ...small, delay: 1, retries: 2, fetch: own });
  return client.api(path).attach(large, { name: "big.bin" });
}

const heeding: Record<string, () => Given> = {
  "the Graph client": () => ({}),
  "another copy of it": () => ({ copy: load("graph-client-lowest") }),
  "a Graph client 2": () => ({ copy: load("graph-client-2") }),
  "handlers of another copy": () => ({ handlers: load("graph-client-lowest") }),
  "handlers of a Graph client 2": () => ({ handlers: load("graph-client-2") }),
  "the option fetch": () => ({ fetch: (url, init) => fetch(url, trusting(init)) }),
  "node-fetch 2": () => ({ fetch: (url, init) => nodeFetch.default(String(url), { ...init, agent }) }),
};
const statuses = [301, 302, 303, 307, 308];

describe.each(Object.keys(heeding))("%s", (name) => {
  test.each(statuses)("takes no range to another origin after %d", async (status) => {
    await upload(heeding[name]!(), status).catch(() => {}); // or it arrives by another session
    expect(emulator.requests.some(({ kind, fault }) => kind === "range" && fault)).toBe(true);
    expect(taken).toEqual([]);
  });
});

const follow: typeof fetch = (url, init) => {
  const own = ({ protocol }: URL) => (protocol === "https:" ? agent : undefined);
  return nodeFetch.default(String(url), { ...init, agent: own, redirect: "follow" });
};
const ignoring: Record<string, () => Given> = {
  "the option fetch": () => ({ fetch: follow }),
  "a fetch over XMLHttpRequest, as React Native has it": () => ({
    fetch: async (url, init) => {
      const response = await follow(url, init);
      const known = { url: response.url, status: response.status, ok: response.ok, headers: response.headers };
      return { ...known, text: () => response.text() } as Response;
    },
  }),
};

describe.each(Object.keys(ignoring))("%s that follows redirects itself", (name) => {
  test.each([302, 307, 308])("ends the upload with the first of them: %d", async (status) => {
    await expect(upload(ignoring[name]!(), status)).rejects.toMatchObject({
      code: "invalid",
      message: expect.stringMatching(/followed a redirect to another origin\. Set the option \{ fetch \}/),
    });
    expect(taken.length).toBe(1);
  });
});

test("a global fetch that follows redirects itself ends the upload with the first of them", async () => {
  jest.spyOn(globalThis, "fetch").mockImplementation(follow);
  await expect(upload({}, 307)).rejects.toMatchObject({ code: "invalid" });
  expect(taken).toEqual(["PUT"]);
});

test("a fetch that sends uploads through a gateway is no redirect", async () => {
  const own: typeof fetch = async (url, init) => {
    const response = await fetch(url, trusting(init));
    return Object.defineProperty(response, "url", { value: `https://gateway.example/?${encodeURIComponent(String(url))}` }); // prettier-ignore
  };
  const { path } = emulator.addMessage();
  await withLargeAttachments(clientFrom(graph), { ...small, fetch: own })
    .api(path)
    .attach(large, { name: "big.bin" });
  expect(emulator.sessions.at(-1)).toMatchObject({ state: "complete" });
});
