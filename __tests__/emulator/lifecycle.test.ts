import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { join } from "node:path";
import { makeDenoClient } from "../../src/emulator/dispatcher";
import { createService } from "../../src/emulator/service";
import { openOutlook, rangeOf, sampleBytes, startBench } from "./support";

test("close ends hanging requests", async () => {
  const bench = await startBench();
  bench.emulator.fault({ on: { method: "GET" }, hang: true }, { on: { method: "DELETE" }, delay: 600_000 });
  const { path } = bench.emulator.addMessage();
  const outcomes = ["GET", "DELETE"].map((method) => bench.graph(method, path).catch(() => "broken off"));
  while (bench.emulator.requests.length < 2) await new Promise((resolve) => setImmediate(resolve));
  await bench.emulator.close();
  expect(await Promise.all(outcomes)).toEqual(["broken off", "broken off"]);
});

/** Runs a program that may use `emulator`, `path` of a message and `get`; answers what it prints. */
function run(program: string): string {
  const around = `
    import emulatorModule from "./src/emulator/index.ts";
    const emulator = await emulatorModule.startEmulator();
    const { path } = emulator.addMessage();
    const init = { headers: { authorization: "Bearer " + emulator.token }, ...emulator.clientOptions.fetchOptions };
    const get = () => fetch(emulator.graphUrl + "v1.0" + path, init);
    ${program}
    await emulator.close();`;
  const options = { cwd: join(__dirname, "../.."), timeout: 20_000, encoding: "utf8" } as const;
  return execFileSync(process.execPath, ["--import", "tsx", "--input-type=module", "-e", around], options).trim();
}

test("a process that only starts and closes an emulator exits on its own", () => {
  expect(run("console.log((await get()).status);")).toBe("200");
});

test("many simultaneous delayed requests cause no warning from Node", () => {
  const told = run(`
    process.on("warning", ({ name }) => console.log(name));
    emulator.fault({ on: { method: "GET" }, delay: 50, times: 30 });
    const all = await Promise.all(Array.from({ length: 30 }, get));
    console.log(all.length);`);
  expect(told).toBe("30");
});

test("two emulators run side by side without sharing anything", async () => {
  const [one, two] = await Promise.all([startBench(), startBench({ token: "another" })]);
  one.emulator.addMessage();
  expect(one.emulator.graphUrl).not.toBe(two.emulator.graphUrl);
  expect(() => two.emulator.attachments(one.emulator.addMessage())).toThrow("no item");
  expect(two.emulator.token).toBe("another");
  await Promise.all([one.emulator.close(), two.emulator.close()]);
});

test("reset removes items, sessions, the log and faults", async () => {
  const bench = await startBench();
  const message = bench.emulator.addMessage();
  const url = await openOutlook(bench, message, { size: 5 });
  bench.emulator.fault({ status: 500 });
  bench.emulator.reset();
  expect([bench.emulator.sessions, bench.emulator.requests, bench.emulator.unusedFaults()]).toEqual([[], [], []]);
  expect((await bench.send(url, rangeOf(sampleBytes(5), 0, 5))).status).toBe(404);
  await bench.emulator.close();
});

test("fetch without the certificate does not trust the emulator", async () => {
  const { emulator } = await startBench();
  await expect(fetch(emulator.graphUrl)).rejects.toThrow("fetch failed");
  await emulator.close();
});

test("the certificate is not an authority, because Deno refuses a server with one", async () => {
  const { emulator } = await startBench();
  await emulator.close();
  expect(new X509Certificate(emulator.ca).ca).toBe(false);
});

test("only Deno's fetch gets a client that trusts the certificate", () => {
  expect(makeDenoClient("PEM")).toBeUndefined();
  const createHttpClient = jest.fn(() => ({ close: () => {} }));
  Object.assign(globalThis, { Deno: { createHttpClient } });
  try {
    expect(makeDenoClient("PEM")).toBe(createHttpClient.mock.results[0]!.value);
    expect(createHttpClient).toHaveBeenCalledWith({ caCerts: ["PEM"] });
  } finally {
    delete (globalThis as { Deno?: unknown }).Deno;
  }
});

test("the core answers without sockets, the same way each time, for simulations", () => {
  const run = (): unknown => {
    const service = createService({
      graphUrl: "https://graph/",
      outlookUrl: "https://outlook/",
      now: () => 0,
    });
    const message = service.addMessage();
    const created = service.handle({
      origin: "graph",
      method: "POST",
      url: `https://graph/v1.0${message.path}/attachments/createUploadSession`,
      headers: { authorization: `Bearer ${service.token}`, "content-type": "application/json" },
      body: Buffer.from(JSON.stringify({ AttachmentItem: { attachmentType: "file", name: "a", size: 3 } })),
    });
    const { uploadUrl } = JSON.parse(created.body.toString()) as { uploadUrl: string };
    const headers = {
      "content-type": "application/octet-stream",
      "content-length": "3",
      "content-range": "bytes 0-2/3",
    };
    const done = service.handle({
      origin: "outlook",
      method: "PUT",
      url: uploadUrl,
      headers,
      body: Buffer.from("abc"),
    });
    expect(done.status).toBe(201);
    return [created, done, service.sessions, service.requests, service.attachments(message)];
  };
  expect(run()).toEqual(run());
});
