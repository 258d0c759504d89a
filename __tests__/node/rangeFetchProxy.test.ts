import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { buffer } from "node:stream/consumers";
import { networkFailure } from "../../src/http/network.js";
import { rangeFetch, type RangeFetch, type RangeFetchOptions } from "../../src/node/index.js";
import { exceptions } from "../../src/node/proxy.js";
import { count } from "../support/fakes";
import { certificate, closeAll, httpService, httpsService, proxy } from "./support";

const senders: RangeFetch[] = [];
function sender(options?: RangeFetchOptions): RangeFetch {
  const made = rangeFetch(options);
  senders.push(made);
  return made;
}
const NAMES = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"];
const before = Object.fromEntries(NAMES.map((name) => [name, process.env[name]]));
const withoutProxies = () => NAMES.forEach((name) => delete process.env[name]);
let pair: { key: string; cert: string };
beforeAll(async () => void (pair = await certificate()));
beforeEach(withoutProxies);
afterEach(() => {
  for (const one of senders.splice(0)) one.close();
  closeAll();
});
afterAll(() => {
  withoutProxies();
  for (const [name, value] of Object.entries(before)) if (value !== undefined) process.env[name] = value;
});

const range = count(700_000, 5);
const put = { method: "PUT", body: range };
const service = () =>
  httpsService(pair, async (request, response) => {
    const body = await buffer(request);
    response.end(JSON.stringify({ whole: body.equals(range), proxy: request.headers["proxy-authorization"] ?? null }));
  });
const WHOLE = { whole: true, proxy: null };

test.each(["HTTPS_PROXY", "https_proxy"])(
  "ranges go through the proxy that %s names, all by one tunnel",
  async (name) => {
    const [origin, { url, seen }] = [await service(), await proxy()];
    process.env[name] = url;
    const send = sender({ ca: pair.cert });
    for (let times = 0; times < 3; times++) expect(await (await send(origin, put)).json()).toEqual(WHOLE);
    expect(seen).toEqual([{ line: `CONNECT ${new URL(origin).host}`, authorization: undefined }]);
  },
);

test("the proxy gets its user and password, and the service does not", async () => {
  const [origin, { url, seen }] = [await service(), await proxy()];
  const send = sender({ ca: pair.cert, proxy: url.replace("//", "//me:p%40ss@") });
  expect(await (await send(origin, put)).json()).toEqual(WHOLE);
  expect(seen[0]!.authorization).toBe(`Basic ${Buffer.from("me:p@ss").toString("base64")}`);
});

test("a proxy without a scheme is one over HTTP", async () => {
  const [origin, { url, seen }] = [await service(), await proxy()];
  process.env["https_proxy"] = url.replace("http://", "");
  expect(await (await sender({ ca: pair.cert })(origin, put)).json()).toEqual(WHOLE);
  expect(seen).toHaveLength(1);
});

test("plain HTTP goes through the proxy of HTTP_PROXY by its whole address", async () => {
  const bodies: Buffer[] = [];
  const origin = await httpService(async (request, response) => {
    bodies.push(await buffer(request));
    response.end(request.url);
  });
  const { url, seen } = await proxy();
  process.env["HTTP_PROXY"] = url;
  expect(await (await sender()(`${origin}/up?a=b`, put)).text()).toBe("/up?a=b");
  expect([seen, bodies[0]!.equals(range)]).toEqual([[{ line: "PUT /up", authorization: undefined }], true]);
});

test("NO_PROXY and proxy: false go past the proxy", async () => {
  const [origin, { url, seen }] = [await service(), await proxy()];
  process.env["HTTPS_PROXY"] = url;
  expect((await sender({ ca: pair.cert, proxy: false })(origin, put)).status).toBe(200);
  process.env["NO_PROXY"] = "example.com,127.0.0.1";
  expect((await sender({ ca: pair.cert })(origin, put)).status).toBe(200);
  expect(seen).toEqual([]);
});

test.each([407, 502])("a proxy that answers %d has passed nothing on: the range is unsent", async (status) => {
  const { url } = await proxy(status);
  const secret = url.replace("//", "//me:SECRET@");
  const work = sender({ ca: pair.cert, proxy: secret })(await service(), put);
  const error = await work.catch((error: unknown) => error);
  const failure = networkFailure(error);
  expect(failure).toMatchObject({ unsent: true, message: expect.stringContaining(`the proxy answered ${status}`) });
  expect(failure!.message).not.toContain("SECRET");
});

test("a proxy that is not there leaves the range unsent", async () => {
  const work = sender({ proxy: "http://127.0.0.1:1" })("https://a.test/", put);
  expect(networkFailure(await work.catch((error: unknown) => error))).toMatchObject({ unsent: true });
});

test.each<[string, string, boolean]>([
  ["*", "https://a.test/", true],
  ["a.test", "https://a.test/", true],
  ["a.test", "https://b.a.test/", false],
  [".a.test", "https://b.a.test/", true],
  ["*.a.test", "https://b.a.test/", true],
  ["*.a.test", "https://a.test/", false],
  ["A.Test", "https://a.test/", true],
  ["a.test:8443", "https://a.test:8443/", true],
  ["a.test:8443", "https://a.test/", false],
  ["a.test:443", "https://a.test/", true],
  ["x, 10.0.0.1 ,y", "https://10.0.0.1/", true],
  ["10.0.0.1-10.0.0.9", "https://10.0.0.7/", true],
  ["10.0.0.1-10.0.0.9", "https://10.0.0.10/", false],
  ["10.0.0.0/8", "https://10.200.0.1/", true],
  ["10.0.0.0/99", "https://10.200.0.1/", false],
  ["::1", "https://[::1]/", true],
  ["", "https://a.test/", false],
])("NO_PROXY %p for %s: %p", (list, url, passes) => {
  expect(exceptions(list)(new URL(url))).toBe(passes);
});

test("NODE_EXTRA_CA_CERTS is heeded, alone and next to the option ca, and a process with idle connections ends", async () => {
  const [origin, other] = [await service(), await certificate()];
  const folder = mkdtempSync(join(tmpdir(), "ca-"));
  const file = join(folder, "ca.pem");
  writeFileSync(file, pair.cert);
  const program = `
    import entry from ${JSON.stringify(join(__dirname, "../../src/node/index.ts"))};
    for (const options of [{}, { ca: process.env.OTHER }]) console.log((await entry.rangeFetch(options)(process.env.ORIGIN)).status);
  `;
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: file, ORIGIN: origin, OTHER: other.cert };
  const given = ["--import", "tsx", "--input-type=module", "--eval", program];
  try {
    const { stdout } = await promisify(execFile)(process.execPath, given, { env, cwd: join(__dirname, "../..") });
    expect(stdout).toBe("200\n200\n");
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 60_000);
