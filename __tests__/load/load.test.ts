/**
 * Many files of 4 MB to the items of one mailbox, four to each, through one client. `LOAD_FILES` says how many: the
 * exhaustive tests take 200.
 *
 * Memory is that of this process alone, after a collection of garbage, some thirty times on the way: the emulator runs in
 * another process, and the files are made when they are read.
 */
import { fork, type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { Client } from "@microsoft/microsoft-graph-client";
import { makeDispatcher, type Dispatcher } from "../../src/emulator/dispatcher.js";
import { withLargeAttachments } from "../../src/index.js";
import { collectGarbage } from "../support/garbage.js";
import { fileOf } from "../support/graph.js";
import type { Held, Started } from "./support/emulator.js";

const MB = 1_000_000;
const count = Number(process.env["LOAD_FILES"] ?? 80);
const items = Math.ceil(count / 4);
const size = 4 * MB;
/** Bytes that this process may need beyond what it begins with. */
const LIMIT = 150 * MB;

const block = fileOf(size);
/** File number `index`: the same block, marked in every 100,000 bytes so that no two ranges of any files are alike. */
function fileNumber(index: number) {
  const slice = (start: number, end: number): Buffer<ArrayBuffer> => {
    const bytes = Buffer.from(block.subarray(start, end));
    for (let mark = Math.ceil(start / 100_000) * 100_000; mark + 8 <= end; mark += 100_000)
      bytes.writeUInt32BE(index, mark - start);
    return bytes;
  };
  return { size, slice };
}

let child: ChildProcess;
let started: Started;
let dispatcher: Dispatcher | undefined;
beforeAll(async () => {
  const execArgv = ["--import", "tsx"];
  child = fork(join(__dirname, "support/emulator.ts"), [String(items)], { execArgv, serialization: "advanced" });
  [started] = (await once(child, "message")) as [Started];
  dispatcher = await makeDispatcher(started.ca);
});
afterAll(async () => {
  await dispatcher?.destroy();
  const exit = once(child, "exit");
  child.disconnect();
  await exit;
});

async function held(): Promise<Held> {
  child.send("tell");
  const [told] = (await once(child, "message")) as [Held];
  return told;
}

/** Bytes in use, once what nobody needs any more is gone: what other tests left behind in this process counts for nothing. */
function inUse(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

test(`${count} files of 4 MB to ${items} items keep every limit, need little memory, and arrive whole`, async () => {
  const { graphUrl, token, paths } = started;
  const client = withLargeAttachments(
    Client.init({
      baseUrl: graphUrl,
      customHosts: new Set(["localhost"]),
      fetchOptions: { dispatcher } as object,
      authProvider: (done) => done(null, token),
    }),
    { retries: 0 }, // whatever was refused would be an error
  );
  const [from, before] = [performance.now(), inUse()];
  let peak = 0;
  let calls = 0;
  const watch = () => {
    if (calls++ % 15 === 0) peak = Math.max(peak, inUse() - before);
  };
  const files = Array.from({ length: count }, (_, index) => ({ index, path: paths[index % items]! }));
  await Promise.all(
    files.map(({ index, path }) =>
      client.api(path).attach(fileNumber(index), { name: `${index}.bin`, onProgress: watch }),
    ),
  );
  const seconds = (performance.now() - from) / 1000;
  const told = await held();
  expect(told.refused).toEqual({});
  expect(told.open).toBe(0);
  expect(told.bytes).toBe(count * size);
  for (const { index, path } of files) {
    const digest = createHash("sha256").update(fileNumber(index).slice(0, size)).digest("hex");
    expect(told.items[path]![`${index}.bin`]).toBe(digest);
  }
  expect(Object.values(told.items).flatMap((names) => Object.keys(names))).toHaveLength(count);
  process.stdout.write(
    `${count} files in ${seconds.toFixed(1)} s, ${told.requests} requests, at most ${(peak / MB).toFixed(0)} MB more\n`,
  );
  expect(peak).toBeLessThan(LIMIT);
});
