import { HTTPMessageHandler } from "@microsoft/microsoft-graph-client";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { transport, type Send } from "../../src/http/transport.js";
import { rangeFetch } from "../../src/node/index.js";
import { RangeReader } from "../../src/upload/rangeReader.js";
import { chain, count, Recorded } from "../support/fakes";

const NEVER = 60_000;

test("the next block is read as soon as the one before has left", async () => {
  const content = new Recorded(count(30));
  const reader = new RangeReader(content, 10, 1, () => true, NEVER);
  await reader.read(0);
  reader.left();
  expect(content.reads).toHaveLength(2);
  reader.left(); // told twice, read once
  expect(await reader.read(10)).toHaveLength(10);
  expect(content.reads).toHaveLength(2);
  reader.rest();
});

test("nothing is read for an upload that has stopped, although its last range leaves afterwards", async () => {
  const content = new Recorded(count(30));
  const reader = new RangeReader(content, 10, 1, () => true, NEVER);
  await reader.read(0);
  reader.rest();
  reader.left();
  expect(content.reads).toHaveLength(1);
  expect(await reader.read(10)).toHaveLength(10); // but a resume reads it
  reader.rest();
});

const lean = rangeFetch({ proxy: false });
afterAll(() => lean.close());

test.each<[string, typeof fetch | undefined]>([
  ["the client's own chain", undefined],
  ["rangeFetch", lean],
])("%s tells when a range has left, before the service answers", async (_, fetch) => {
  let answer = () => {};
  const left = new Promise<void>((resolve) => (answer = resolve));
  const server = createServer(async (request, response) => {
    await buffer(request);
    await left; // no answer before that is told
    response.end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const send: Send = transport({ context: chain({ options: {} }).context, next: new HTTPMessageHandler() });
    const body = count(3_000_000);
    const reply = await send({ method: "PUT", url, body, to: "upload", sent: answer }, { timeout: 30_000, fetch });
    expect(reply.status).toBe(200);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
