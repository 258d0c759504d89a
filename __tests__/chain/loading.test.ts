/**
 * The code that uploads is loaded with the first attachment: a page that attaches nothing never asks for it, and one that cannot get
 * it loses nothing. A real page, whose files are gone, is in the browser tests.
 */
import { Readable } from "node:stream";
import type { Client } from "@microsoft/microsoft-graph-client";

const parts = ["../../src/client/graph.js", "../../src/client/azureDevOps.js"];
const body = { "@odata.type": "#microsoft.graph.fileAttachment", name: "a", contentBytes: "AAAA".repeat(1_250_000) };
const collection = "/me/messages/m/attachments";

/** A client over a chain that answers everything, in a process that has loaded nothing yet; whether parts can be loaded. */
async function fresh() {
  jest.resetModules();
  const asked: string[] = [];
  const state = { gone: false };
  for (const path of parts) {
    jest.doMock(path, () => {
      asked.push(path);
      if (state.gone) throw new TypeError("Failed to fetch dynamically imported module");
      return jest.requireActual<object>(path);
    });
  }
  const sdk = await import("@microsoft/microsoft-graph-client");
  const library = await import("../../src/index.js");
  const sent: string[] = [];
  const answer = (method: string, url: string): Response => {
    if (url.endsWith("createUploadSession"))
      return Response.json({ uploadUrl: "https://u.example/1", nextExpectedRanges: ["0-"] }, { status: 201 });
    const location = { Location: "https://graph.microsoft.com/v1.0/me/messages/m/attachments/ID" };
    if (method === "PUT") return new Response("", { status: 201, headers: location });
    return method === "GET" ? Response.json({ value: [] }) : Response.json({ id: "posted" }, { status: 201 });
  };
  const chain = {
    async execute(context: { request: unknown; options?: { method?: string }; response?: Response }) {
      const { request, options } = context;
      sent.push(`${options!.method} ${new URL(String(request)).pathname}`);
      context.response = answer(options!.method!, String(request));
    },
  };
  const options = { rangeSize: 3_999_999, delay: 1, retries: 0 };
  const client = library.withLargeAttachments(sdk.Client.initWithMiddleware({ middleware: chain as never }), options);
  return { client, library, asked, sent, state };
}

afterEach(() => jest.resetModules());

test("requests that attach nothing load nothing, however large they are", async () => {
  const { client, asked, sent } = await fresh();
  await client.api("/me").get();
  await client.api("/me/messages").post({ subject: "small" });
  await client.api("/$batch").post({ text: "x".repeat(5_000_000) });
  await client.api("/me/messages/m/attachments").get();
  expect(sent).toHaveLength(4);
  expect(asked).toEqual([]);
});

test.each<[string, (client: Client) => Promise<unknown>]>([
  ["a POST of an attachment", (client) => client.api(collection).post({ ...body, contentBytes: "AAAA" })],
  ["attach", (client) => client.api("/me/messages/m").attach(Buffer.alloc(10), { name: "a" })],
  [
    "withAttachments",
    (client) =>
      client
        .api("/me/messages")
        .withAttachments([new File(["x"], "x")])
        .post({ subject: "s" }),
  ],
])("%s loads what uploads to Graph, once, and nothing of Azure DevOps", async (_, begin) => {
  const { client, asked } = await fresh();
  await begin(client);
  await begin(client);
  expect(asked).toEqual([parts[0]]);
});

test("preload loads it ahead, so that nothing has to be there later", async () => {
  const { client, library, asked, sent, state } = await fresh();
  await library.preload(client);
  expect([asked, sent]).toEqual([[parts[0]], []]);
  state.gone = true;
  await client.api("/me/messages/m").attach(Buffer.alloc(10), { name: "a" });
  expect(await client.api(collection).post({ ...body, contentBytes: "AAAA" })).toMatchObject({ id: "posted" });
});

test("where it cannot be loaded, nothing is sent, the error says so, and the next attempt fares better", async () => {
  const { client, library, sent, state } = await fresh();
  state.gone = true;
  const refused = { name: "UploadError", code: "notLoaded" };
  await expect(client.api(collection).post(body)).rejects.toMatchObject(refused);
  await expect(client.api("/me/messages/m").attach(Buffer.alloc(10), { name: "a" })).rejects.toMatchObject(refused);
  await expect(library.preload(client)).rejects.toMatchObject(refused);
  expect(sent).toEqual([]);
  state.gone = false;
  await client.api(collection).post(body);
  expect(sent.filter((line) => line.startsWith("PUT"))).toHaveLength(1);
});

test("a stream whose attach is stopped or fails while the part is loaded is let go, as it is later", async () => {
  const { client } = await fresh();
  const open = () => new Readable({ read: () => {} });
  const [stopped, failed] = [open(), open()];
  const stop = new AbortController();
  const attaching = client.api("/me/messages/m").attach(stopped, { name: "a", size: 9, signal: stop.signal });
  stop.abort(new Error("stopped"));
  await expect(attaching).rejects.toThrow("stopped");
  const second = await fresh();
  second.state.gone = true;
  await expect(second.client.api("/me").attach(failed, { name: "a", size: 9 })).rejects.toMatchObject({
    code: "notLoaded",
  });
  expect([stopped.destroyed, failed.destroyed]).toEqual([true, true]);
});

test("a stream that fails while the part is loaded is an error of that upload, and not the end of the process", async () => {
  const { client } = await fresh();
  const stream = new Readable({ read: () => {} });
  const attaching = client.api("/me/messages/m").attach(stream, { name: "a", size: 5_000_000 });
  stream.destroy(new Error("no such file"));
  await expect(attaching).rejects.toMatchObject({ code: "source", cause: { message: "no such file" } });
});
