import { startEmulator, type Emulator } from "../../src/emulator/index.js";
import { withLargeAttachments, type UploadOptions } from "../../src/index.js";
import { rangeFetch, type RangeFetch } from "../../src/node/index.js";
import { attaching } from "../conformance/support/attaching.js";
import { concerning, faultsFor } from "../conformance/support/scenarios.js";
import { clientOf, fileOf, sha256 } from "../support/graph";
import { everything, oneOfEach, take, type Subject } from "../support/subjects";

let emulator: Emulator;
let lean: RangeFetch;
/** Requests that the lean sender got. */
let urls: string[];
let fetching: typeof fetch;
beforeAll(async () => {
  emulator = await startEmulator();
  lean = rangeFetch({ ca: emulator.ca, proxy: false });
  fetching = async (input, init) => {
    urls.push(String(input));
    return lean(input, init);
  };
});
beforeEach(() => {
  emulator.reset();
  urls = [];
});
afterAll(async () => {
  lean.close();
  await emulator.close();
});

/** Ranges of these need the token, so that they go through the client's chain. */
const needsToken = ({ name }: Subject) => /To Do|Azure DevOps/.test(name);

test.each(everything)(
  "$name takes a whole file by rangeFetch, and what needs the token goes through the chain",
  async (subject) => {
    take(emulator, subject);
    const { range, parallel, about } = subject;
    const bytes = fileOf(3 * parallel * range + 17);
    const item = subject.add(emulator);
    const client = withLargeAttachments(subject.client(emulator), { fetch: fetching });
    await client.api(item.path).attach(bytes, { ...about, threshold: 9_999, rangeSize: range });
    expect(subject.held(emulator, item)).toMatchObject([{ sha256: sha256(bytes) }]);
    expect(urls.length > 0).toBe(!needsToken(subject));
  },
);

describe.each(oneOfEach.filter((subject) => !needsToken(subject)))("faults of $name, by rangeFetch", (subject) => {
  beforeEach(() => take(emulator, subject));
  const { bytes, attach } = attaching(() => emulator, subject);

  test.each(concerning(subject, faultsFor(subject)))("%s neither loses nor doubles the file", async (_, fault) => {
    const { needs: _needs, ...script } = fault;
    await attach(bytes, { fetch: fetching }, { ...script, on: { kind: "range", range: "middle" } });
    expect(urls.length).toBeGreaterThan(3);
  });
});

const [message] = oneOfEach as [Subject];

async function attachToMessage(options: UploadOptions): Promise<void> {
  const item = message.add(emulator);
  const client = withLargeAttachments(clientOf(emulator), {
    fetch: fetching,
    rangeSize: 40_000,
    threshold: 9_999,
    delay: 1,
  });
  await client.api(item.path).attach(fileOf(130_000), { name: "a.bin", ...options });
}

test("an abort during a range by rangeFetch stops the upload and deletes the session", async () => {
  const controller = new AbortController();
  emulator.fault({ on: { range: 1 }, hang: true });
  const onProgress = () => void setTimeout(() => controller.abort("stop"), 20);
  await expect(attachToMessage({ signal: controller.signal, onProgress })).rejects.toBe("stop");
  expect(message.open(emulator)).toEqual([]);
});

test("a range by rangeFetch that has no reply in time is sent again", async () => {
  emulator.fault({ on: { range: 1 }, hang: true });
  await attachToMessage({ timeout: 1_000 });
  emulator.verifyFaults();
});

test("a chain that ends in rangeFetch sends everything by it, with the token where it belongs", async () => {
  const { Client, AuthenticationHandler } = await import("@microsoft/microsoft-graph-client");
  const last = {
    async execute(context: { request: RequestInfo; options?: RequestInit; response?: Response }) {
      context.response = await fetching(context.request, context.options);
    },
  };
  const { baseUrl, customHosts } = emulator.clientOptions;
  const first = new AuthenticationHandler({ getAccessToken: async () => emulator.token });
  first.setNext(last);
  const client = withLargeAttachments(Client.initWithMiddleware({ baseUrl, customHosts, middleware: first }));
  const { id } = (await client.api("/me/messages").post({ subject: "a" })) as { id: string };
  const bytes = fileOf(9_000_000);
  await client.api(`/me/messages/${id}`).attach(bytes, { name: "a.bin" });
  expect(emulator.attachments(id)).toMatchObject([{ sha256: sha256(bytes) }]);
  expect(urls).toHaveLength(emulator.requests.length);
  expect(emulator.requests.some(({ origin, authorized }) => origin === "outlook" && authorized)).toBe(false);
});
