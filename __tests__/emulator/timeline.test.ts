import { JSDOM } from "jsdom";
import { startEmulator, type Emulator, type UploadInfo } from "../../src/emulator/index.js";
import { createAzureDevOpsClient, withLargeAttachments } from "../../src/index.js";
import { clientOf, fileOf } from "../support/graph.js";

const large = fileOf(9_000_000);
let emulator: Emulator;
beforeAll(async () => void (emulator = await startEmulator()));
beforeEach(() => emulator.reset());
afterEach(() => emulator.verifyFaults());
afterAll(() => emulator.close());

const client = () => withLargeAttachments(clientOf(emulator), { delay: 1 });
const steps = ({ steps: all }: UploadInfo) => all.map(({ label, outcome, result }) => [label, outcome, result]);
const parse = (svg: string) => new JSDOM(svg, { contentType: "image/svg+xml" }).window.document;
const message = { subject: "The report", toRecipients: [{ emailAddress: { address: "adele@contoso.com" } }] };

/** Sends a mail whose second range is refused once, and whose last reply is lost. */
async function surviveFaults(): Promise<void> {
  emulator.fault(
    { on: { kind: "range", range: 1 }, status: 503 },
    { on: { kind: "range", range: 1 }, reset: "midway" },
  );
  emulator.fault({ on: { kind: "range", range: "last" }, reset: "after" });
  await client()
    .api("/me/sendMail")
    .withAttachments([{ name: "report.pdf", file: large }])
    .post({ message });
}

test("an upload lists its draft, ranges, faults, status questions, looks and the sending in order", async () => {
  await surviveFaults();
  const [upload, ...others] = emulator.uploads();
  expect(others).toEqual([]);
  expect(upload).toMatchObject({ name: "report.pdf", target: "message", size: 9_000_000, state: "complete" });
  const told = steps(upload!);
  expect(told.slice(0, 2)).toEqual([
    ["Create the item", "done", "201 Created"],
    ["Open a session", "done", "201 Created"],
  ]);
  expect(told).toContainEqual(["Range 3.9–7.9 MB", "failed", "503 Service Unavailable"]);
  expect(told).toContainEqual(["Range 3.9–7.9 MB", "lost", "Connection lost"]);
  expect(told).toContainEqual(["Ask for the next byte", "done", "200 OK"]);
  expect(told).toContainEqual(["Range 7.9–9 MB", "lost", "201 Created, reply lost"]);
  expect(told.slice(-2)).toEqual([
    ["Look for the file", "done", "200 OK"],
    ["Send it", "done", "202 Accepted"],
  ]);
});

test.each<[string, string, () => Promise<unknown>]>([
  ["message", "message", () => client().api(emulator.addMessage().path).attach(large, { name: "a.bin" })],
  ["event", "event", () => client().api(emulator.addEvent().path).attach(large, { name: "a.bin" })],
  ["task", "task", () => client().api(emulator.addTask().path).attach(large, { name: "a.bin" })],
  ["drive", "drive", () => client().api("/me/drive/root:/Reports/a.bin:").attach(large)],
  ["folder of a drive", "drive", () => client().api("/me/drive/root").attach(large, { name: "a.bin" })],
  [
    "print document",
    "print document",
    () => client().api(emulator.print.addDocument().path).attach(large, { name: "a.bin" }),
  ],
  [
    "intercepted POST",
    "message",
    () =>
      client()
        .api(`${emulator.addMessage().path}/attachments`)
        .post({
          "@odata.type": "#microsoft.graph.fileAttachment",
          name: "a.bin",
          contentBytes: large.toString("base64"),
        }),
  ],
  [
    "work item",
    "work item",
    () => {
      const { organizationUrl, personalAccessToken } = emulator.azureDevOps;
      const { fetchOptions } = emulator.clientOptions;
      const azure = createAzureDevOpsClient({ organizationUrl, personalAccessToken, fetchOptions });
      return azure.api(emulator.azureDevOps.addWorkItem().path).attach(large, { name: "a.bin" });
    },
  ],
])("a file to a %s has one upload with all its requests", async (_, target, upload) => {
  await upload();
  const [first, ...others] = emulator.uploads();
  expect(first).toMatchObject({ name: "a.bin", target, state: "complete" });
  expect(first!.steps.map(({ number }) => number)).toEqual(emulator.requests.map((_, at) => at + 1));
  expect(others).toEqual([]);
});

test("files to one item have an upload each, and the requests about the item stay together", async () => {
  const { path } = emulator.addMessage();
  await client().api(path).attach(large, { name: "a.bin" });
  await client().api(path).attach(large, { name: "b.bin" });
  const uploads = emulator.uploads();
  expect(uploads.map(({ name }) => name).sort()).toEqual(["", "a.bin", "b.bin"]);
  const numbers = uploads.flatMap((one) => one.steps.map(({ number }) => number)).sort((one, other) => one - other);
  expect(numbers).toEqual(emulator.requests.map((_, at) => at + 1));
});

test("a lost session and the one after it are one upload", async () => {
  emulator.fault({ on: { kind: "range", range: 1 }, gone: true });
  await client().api(emulator.addMessage().path).attach(large, { name: "a.bin" });
  expect(emulator.sessions).toHaveLength(2);
  const uploads = emulator.uploads();
  expect(uploads).toHaveLength(1);
  expect(uploads[0]!.steps.filter(({ label }) => label === "Open a session")).toHaveLength(2);
});

test("a request that waits for its answer is shown as waiting, and one that the client stops as lost", async () => {
  emulator.fault({ on: { kind: "range" }, hang: true });
  const controller = new AbortController();
  const { path } = emulator.addMessage();
  const attached = client().api(path).attach(large, { name: "a.bin", signal: controller.signal });
  const last = () => emulator.uploads()[0]?.steps.find(({ label }) => label.startsWith("Range"));
  while (last()?.request.bodyBytes !== 3_932_160) await new Promise((resolve) => setImmediate(resolve));
  expect(last()).toMatchObject({ outcome: "waiting", result: "No answer yet" });
  controller.abort();
  await expect(attached).rejects.toThrow();
  while (last()?.outcome === "waiting") await new Promise((resolve) => setImmediate(resolve));
  expect(last()).toMatchObject({ outcome: "lost", result: "Connection lost" });
});

describe("timeline()", () => {
  test("draws a bar with an outcome in words for each request", async () => {
    await surviveFaults();
    const svg = parse(emulator.timeline());
    expect(svg.querySelector("parsererror")).toBeNull();
    const rects = [...svg.querySelectorAll("g g rect")].map((rect) => rect.getAttribute("class"));
    expect(rects).toEqual(emulator.uploads()[0]!.steps.map(({ outcome }) => outcome));
    const texts = [...svg.querySelectorAll("text")].map((text) => text.textContent);
    expect(texts).toContain("report.pdf → message");
    expect(texts).toContain("! 503 Service Unavailable (fault)");
    expect(texts).toContain("? 201 Created, reply lost (fault)");
  });

  test("places the bars by time: a later request begins further right", async () => {
    let time = 1000;
    const other = await startEmulator({ now: () => (time += 10) });
    try {
      const { path } = other.addMessage();
      await withLargeAttachments(clientOf(other), { delay: 1 }).api(path).attach(large, { name: "a.bin" });
      const places = [...parse(other.timeline()).querySelectorAll("g g rect")].map((rect) =>
        Number(rect.getAttribute("x")),
      );
      expect(places).toEqual([...places].sort((one, next) => one - next));
      expect(new Set(places).size).toBe(places.length);
    } finally {
      await other.close();
    }
  });

  test("with the axis of order, two runs draw the same picture", async () => {
    const pictures = new Set<string>();
    for (const _ of [1, 2]) {
      emulator.reset();
      await surviveFaults();
      pictures.add(emulator.timeline({ axis: "order", title: "A mail" }));
    }
    expect(pictures.size).toBe(1);
  });

  test("has a name and a description for screen readers, and colors for dark themes and forced colors", async () => {
    await surviveFaults();
    const picture = emulator.timeline({ title: 'A "mail"' });
    const svg = parse(picture).documentElement;
    expect(svg.getAttribute("role")).toBe("img");
    expect(svg.getAttribute("aria-label")).toBe('A "mail"');
    expect(svg.querySelector("title")!.textContent).toBe('A "mail"');
    expect(svg.querySelector("desc")!.textContent).toMatch(
      /^report\.pdf → message: \d+ requests, 1 failed, .*2 lost; complete\.$/,
    );
    expect(picture).toContain("prefers-color-scheme:dark");
    expect(picture).toContain("forced-colors:active");
  });

  test("shows markup and control characters in names as text", async () => {
    const name = "<script>\"&'</script>.zip";
    await client().api(emulator.addMessage().path).attach(large, { name });
    const svg = parse(emulator.timeline());
    expect(svg.querySelector("script, parsererror")).toBeNull();
    expect(svg.querySelector("text.name")!.textContent).toContain(name);
  });

  test("says that there are no requests yet", () => {
    expect(parse(emulator.timeline()).querySelector("text")!.textContent).toBe("No requests yet");
  });

  test("joins the ranges of a long upload that arrived without faults", async () => {
    emulator.fault({ on: { kind: "range", range: 10 }, status: 503 });
    const options = { name: "a.bin", rangeSize: 196_608 };
    await client().api(emulator.addMessage().path).attach(large, options);
    const svg = parse(emulator.timeline());
    const count = emulator.uploads()[0]!.steps.length;
    expect(count).toBeGreaterThan(40);
    expect(svg.querySelectorAll("g g rect").length).toBeLessThan(10);
    expect(svg.querySelector("svg")!.textContent).toContain("503 Service Unavailable");
    expect(svg.querySelector("svg")!.textContent).toContain("10 ranges, 0–2 MB");
  });
});

test("the log and the picture of every service contain no upload URL, token or content", async () => {
  const bytes = Buffer.alloc(5_000_000, "content");
  for (const driveKind of ["business", "personal"] as const) {
    emulator.vary({ driveKind });
    await client().api(`/me/drive/root:/${driveKind}.bin:`).attach(bytes);
    await client().api(`/me/drive/root:/${driveKind}.bin:`).get();
  }
  emulator.vary({ driveKind: "business" });
  for (const { path } of [emulator.addMessage(), emulator.addTask(), emulator.print.addDocument()])
    await client().api(path).attach(bytes, { name: "a.bin" });
  const all = JSON.stringify(emulator.uploads()) + emulator.timeline();
  for (const { uploadUrl } of emulator.sessions) {
    const secret = /auth(?:token)?=(.+)$/.exec(uploadUrl)?.[1] ?? /\/up\/(.+)$/.exec(uploadUrl)?.[1];
    if (secret === undefined)
      expect(uploadUrl).toContain("/attachmentSessions/"); // To Do's needs the bearer.
    else expect(all).not.toContain(secret);
  }
  expect(all).not.toContain(emulator.token);
  expect(all).not.toMatch(/auth(?:token)?=[^…]/);
  expect(all).not.toContain("contentcontent");
  expect(emulator.requests[0]!.reply!.body).toContain("uploadUrl");
});
