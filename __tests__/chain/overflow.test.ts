import type { Client, Context, GraphError, GraphRequest, Middleware } from "@microsoft/microsoft-graph-client";
import { startEmulator, type Emulator, type FaultScript, type Item } from "../../src/emulator/index.js";
import { defaultVariations } from "../../src/emulator/variations.js";
import {
  LargeAttachmentTask,
  withLargeAttachments,
  type AttachOptions,
  type CheckpointStore,
  type UploadError,
  type UploadProgress,
  type UploadSession,
} from "../../src/index.js";
import { clientOf, fileOf, sha256 } from "../support/graph.js";

const small = fileOf(5_000);
const large = fileOf(5_000_000);
const name = "film & notes.mp4";
const rangeSize = 8 * 327_680;
const link: AttachOptions = { name, overflow: "link", maxSize: 1_000, rangeSize };
const html = (content: string) => ({ contentType: "html", content });

let emulator: Emulator;
let client: Client;
beforeAll(async () => void (emulator = await startEmulator()));
beforeEach(() => {
  emulator.reset();
  emulator.vary(defaultVariations);
  client = withLargeAttachments(clientOf(emulator), { delay: 1, retries: 2 });
});
afterEach(() => emulator.verifyFaults());
afterAll(() => emulator.close());

type Shared = CreatedLink & { "@odata.type": string; id: string; name: string; sourceUrl: string };
interface CreatedLink {
  webUrl?: string;
}
const share = (item: Item, file: Buffer = large, options: AttachOptions = {}) =>
  client.api(item.path).attach<Shared>(file, { ...link, ...options });
const failed = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: UploadError & GraphError) => error,
  );
const kinds = () => emulator.requests.map(({ kind }) => kind).filter((kind) => kind !== "list");
const stored = () => emulator.drive.files().map(({ filePath, sha256 }) => [filePath, sha256]);
const linksTo = (path = `/Email attachments/${name}`) => emulator.drive.permissions(path).map((one) => one.link!);
const setBody = (item: Item, body: object) => client.api(item.path).patch({ body });
const bodyOf = async ({ path }: Item) =>
  ((await client.api(path).get()) as { body: { contentType: string; content: string } }).body;
const times = (text: string, part: string) => text.split(part).length - 1;

const items = [
  ["a message", () => emulator.addMessage({ body: "Hello" })],
  ["an event", () => emulator.addEvent()],
] as const;

describe.each(items)("a file for %s", (_, add) => {
  test("that is within the limit is attached as ever, with overflow or without", async () => {
    const item = add();
    for (const overflow of [undefined, "link"] as const) {
      await client.api(item.path).attach(small, { name: "a", overflow });
      await client.api(item.path).attach(large, { name: "b", overflow });
    }
    expect(emulator.attachments(item).map((one) => [one.name, one.via])).toEqual([
      ["a", "post"],
      ["b", "session"],
      ["a", "post"],
      ["b", "session"],
    ]);
    expect(stored()).toEqual([]);
  });

  test("that is over it is refused before anything is sent, and the error names overflow", async () => {
    const item = add();
    const error = await failed(client.api(item.path).attach(small, { name, maxSize: 1_000 }));
    expect(error).toMatchObject({ code: "tooLarge", message: expect.stringContaining('overflow: "link"') });
    const beyond = { size: 157_286_401, slice: () => new Uint8Array(1), name };
    expect((await failed(client.api(item.path).attach(beyond)))!.message).toContain('overflow: "link"');
    expect(emulator.requests).toEqual([]);
  });

  test.each([
    ["small", small, ["post", "share", "post"]],
    ["large", large, ["create", "range", "range", "share", "post"]],
  ] as const)("goes to the drive, %s, and is attached as a reference where that is taken", async (_, file, way) => {
    emulator.vary({ referenceAttachments: "taken" });
    const item = add();
    const attached = await share(item, file);
    const [{ webUrl } = { webUrl: "" }, ...more] = linksTo();
    expect(more).toEqual([]);
    expect(stored()).toEqual([[`/Email attachments/${name}`, sha256(file)]]);
    expect(attached).toMatchObject({ name, sourceUrl: webUrl, id: expect.any(String) });
    expect(attached["@odata.type"]).toMatch(/referenceAttachment$/);
    expect(emulator.attachments(item)).toMatchObject([{ name, odataType: "#microsoft.graph.referenceAttachment" }]);
    expect(kinds()).toEqual(way);
  });

  test.each([
    ["small", small],
    ["large", large],
  ] as const)("goes to the drive, %s, and the text gets a link where no reference is taken", async (_, file) => {
    const item = add();
    await setBody(item, html("<html><body><p>Hello</p></BODY></html>"));
    const shared = await share(item, file);
    const { webUrl } = linksTo()[0]!;
    expect(shared).toMatchObject({ "@odata.type": "#microsoft.graph.driveItem", name, sourceUrl: webUrl });
    expect(stored()).toEqual([[`/Email attachments/${name}`, sha256(file)]]);
    expect(await bodyOf(item)).toEqual(
      html(`<html><body><p>Hello</p><p><a href="${webUrl}">film &amp; notes.mp4</a></p></BODY></html>`),
    );
    expect(emulator.attachments(item)).toEqual([]);
  });

  test.each([
    [
      "plain text",
      { contentType: "text", content: "See </body>" },
      (url: string) => `See </body>\n\n${name}: ${url}\n`,
    ],
    ["HTML without an end", html("<p>See"), (url: string) => `<p>See<p><a href="${url}">film &amp; notes.mp4</a></p>`],
    ["nothing", { contentType: "text", content: "" }, (url: string) => `\n\n${name}: ${url}\n`],
  ])("adds its link at the end of %s", async (_, body, expected) => {
    const item = add();
    await setBody(item, body);
    const { sourceUrl } = await share(item, small);
    expect((await bodyOf(item)).content).toBe(expected(sourceUrl));
  });
});

describe("where the item is", () => {
  const user = (path: string) => path.replace(/^\/me/, "/users/sender@contoso.example");

  test("in somebody's mailbox, also in its folders, that somebody's drive gets the file", async () => {
    const drive = emulator.drive.of("/users/sender@contoso.example/drive");
    const { path } = emulator.addMessage();
    const inFolder = path.replace("/messages/", "/mailFolders/drafts/childFolders/f/messages/");
    const event = emulator.addEvent().path.replace("/events", "/calendar/events");
    for (const [index, url] of [path, inFolder, `${event}/attachments`].entries()) {
      await client.api(user(url)).attach(small, { ...link, name: `${index}.mp4` });
    }
    expect(drive.files().map(({ filePath }) => filePath)).toEqual(
      [0, 1, 2].map((index) => `/Email attachments/${index}.mp4`),
    );
    expect(emulator.drive.files()).toEqual([]);
  });

  test("in a group's calendar, the group's drive gets it", async () => {
    const event = emulator.addEvent();
    const http = client["httpClient"] as { middleware: Middleware };
    const inner = http.middleware;
    // the emulator has no calendars of groups
    const asMine: Middleware = {
      execute: (context: Context) => {
        context.request = String(context.request).replace("/groups/g1/events/", "/me/events/");
        return inner.execute(context);
      },
    };
    http.middleware = asMine;
    withLargeAttachments(client, { delay: 1 });
    await client.api(event.path.replace("/me/", "/groups/g1/")).attach(small, link);
    const [file] = emulator.drive.of("/groups/g1/drive").files();
    expect(file).toMatchObject({ filePath: `/Email attachments/${name}`, sha256: sha256(small) });
    expect((await bodyOf(event)).content).toContain("https://");
  });

  test("in To Do, which has no such way, the error says to share a link", async () => {
    const error = await failed(client.api(emulator.addTask().path).attach(small, link));
    expect(error).toMatchObject({ code: "tooLarge", message: expect.stringMatching(/Share a link/) });
    expect(error!.message).not.toContain("overflow");
    expect(emulator.requests).toEqual([]);
  });

  test("in beta, references are taken without more ado", async () => {
    const item = emulator.addMessage();
    await client.api(item.path).version("beta").attach(small, link);
    expect(emulator.attachments(item)).toHaveLength(1);
    expect(emulator.requests.every(({ path, origin }) => origin !== "graph" || path.startsWith("/beta/"))).toBe(true);
  });
});

describe("the link", () => {
  test.each([
    [undefined, "organization"],
    ["organization", "organization"],
    ["anonymous", "anonymous"],
    ["users", "users"],
  ] as const)("of linkScope %s is for %s, to look at", async (linkScope, scope) => {
    const item = emulator.addMessage();
    await share(item, small, { linkScope });
    expect(linksTo()).toMatchObject([{ type: "view", scope }]);
  });

  test.each([
    [{ driveRefusedScopes: "organization" }, 403, "accessDenied"],
    [{ driveKind: "personal" }, 400, "invalidRequest"],
  ] as const)("that the tenant refuses (%j) is a GraphError, and the file is deleted again", async (vary, ...what) => {
    emulator.vary(vary);
    const item = emulator.addMessage({ body: "Hello" });
    const [statusCode, code] = what;
    expect(await failed(share(item))).toMatchObject({ name: "Error", statusCode, code });
    expect(stored()).toEqual([]);
    expect((await bodyOf(item)).content).toBe("Hello");
    expect(emulator.attachments(item)).toEqual([]);
  });

  test("is not added to a text that has it already", async () => {
    const item = emulator.addMessage();
    const url = "https://contoso-my.sharepoint.com/:u:/g/x?a=1&b=2";
    emulator.fault({
      on: { kind: "share" },
      times: 2,
      status: 200,
      body: { link: { webUrl: url } },
    });
    await setBody(item, html("<p>Hello</p>"));
    await share(item, small);
    const { content } = await bodyOf(item);
    expect(content).toContain('href="https://contoso-my.sharepoint.com/:u:/g/x?a=1&amp;b=2"');
    await share(item, small);
    expect((await bodyOf(item)).content).toBe(content);
    expect(kinds().filter((kind) => kind === "patch")).toHaveLength(2); // the test's own, and one
  });
});

describe("a name that is taken in the drive becomes another, for", () => {
  test.each([
    ["a small file", small],
    ["a large file", large],
  ])("%s, and the link bears it", async (_, file) => {
    const older = emulator.drive.addFile("/Email attachments/film.mp4", Buffer.from("older"));
    const item = emulator.addMessage();
    const shared = await share(item, file, { name: "film.mp4" });
    expect(shared.name).toBe("film 1.mp4");
    expect(stored()).toEqual([
      ["/Email attachments/film.mp4", older.sha256],
      ["/Email attachments/film 1.mp4", sha256(file)],
    ]);
    expect((await bodyOf(item)).content).toContain(`film 1.mp4: ${shared.sourceUrl}`);
  });
});

describe("a file over the limit", () => {
  test("tells its progress up to the total", async () => {
    const progress: UploadProgress[] = [];
    await share(emulator.addMessage(), large, { onProgress: (step) => progress.push(step) });
    expect(progress.map(({ loaded, total }) => [loaded, total])).toEqual([
      [rangeSize, large.length],
      [large.length, large.length],
    ]);
  });

  test.each([
    ["small", small],
    ["large", large],
  ])("may be a stream, %s", async (_, file) => {
    const item = emulator.addMessage();
    const stream = new Blob([file]).stream();
    await client.api(item.path).attach(stream, { ...link, size: file.length });
    expect(stored()).toEqual([[`/Email attachments/${name}`, sha256(file)]]);
  });

  test("is no matter for a task, which says so", async () => {
    const create = LargeAttachmentTask.create(client, emulator.addMessage().path, small, link);
    expect(await failed(create)).toMatchObject({ code: "tooLarge" });
    expect(emulator.requests).toEqual([]);
  });

  test("is not added to the item beside another that is attached at the time", async () => {
    const item = emulator.addMessage({ body: "Hello" });
    await Promise.all([
      share(item, small, { name: "a.mp4" }),
      client.api(item.path).attach(small, { name: "b" }),
      share(item, large, { name: "c.mp4" }),
    ]);
    const { content } = await bodyOf(item);
    expect([times(content, "a.mp4: "), times(content, "c.mp4: ")]).toEqual([1, 1]);
    expect(emulator.attachments(item).map((one) => one.name)).toEqual(["b"]);
  });
});

describe("checkpoints", () => {
  const store = () => {
    const kept = new Map<string, UploadSession>();
    const checkpoints: CheckpointStore = {
      load: (key) => kept.get(key),
      save: (key, session) => void kept.set(key, session),
      remove: (key) => void kept.delete(key),
    };
    return { kept, checkpoints };
  };

  test("go on with the upload to the drive, and keep the result", async () => {
    const { kept, checkpoints } = store();
    const item = emulator.addMessage();
    emulator.fault({ on: { kind: "range", range: "last" }, times: 3, status: 503 });
    expect(await failed(share(item, large, { checkpoints }))).toMatchObject({ code: "interrupted" });
    expect(kept.size).toBe(1);
    await share(item, large, { checkpoints });
    expect([...kept.values()].every(({ done }) => done !== undefined)).toBe(true);
    expect(stored()).toEqual([[`/Email attachments/${name}`, sha256(large)]]);
    const first = emulator.requests.filter(({ contentRange }) => contentRange?.startsWith("bytes 0-"));
    expect(first).toHaveLength(1);
    expect(times((await bodyOf(item)).content, "https://")).toBe(1);
  });

  test("of a file that was deleted again, for the link was refused, begin anew", async () => {
    const { kept, checkpoints } = store();
    const item = emulator.addMessage();
    emulator.vary({ driveRefusedScopes: "both" });
    expect(await failed(share(item, large, { checkpoints }))).toMatchObject({ statusCode: 403 });
    emulator.vary({ driveRefusedScopes: "none" });
    await share(item, large, { checkpoints });
    expect(stored()).toEqual([[`/Email attachments/${name}`, sha256(large)]]);
    expect(times((await bodyOf(item)).content, "https://")).toBe(1);
    expect([...kept.values()].every(({ done }) => done !== undefined)).toBe(true);
  });
});

describe("what happens on the way", () => {
  const taken = { referenceAttachments: "taken" } as const;
  const steps = [
    ["the last range", large, { kind: "range", range: "last" }, {}],
    // where a second session of a name is refused, see below
    ["createUploadSession", large, { kind: "create" }, { driveSecondSession: "accept" }],
    ["createLink", small, { kind: "share" }, {}],
    ["the reference", small, { kind: "post", method: "POST" }, taken],
    ["reading the text", small, { kind: "item" }, {}],
    ["changing the text", small, { kind: "patch" }, {}],
  ] as const;
  const lost: FaultScript[] = [
    { reset: "before" },
    { reset: "after" },
    { cutReply: true },
    { hang: true },
    { hang: "after" },
    { status: 503 },
    { status: 503, after: true },
    { status: 429, headers: { "Retry-After": "0" } },
  ];

  /** Exactly one file, and exactly one link to it. */
  const isWhole = async (item: Item, file: Buffer) => {
    expect(stored()).toEqual([[`/Email attachments/${name}`, sha256(file)]]);
    expect(linksTo()).toHaveLength(1);
    const written = times((await bodyOf(item)).content, linksTo()[0]!.webUrl);
    expect(written + emulator.attachments(item).length).toBe(1);
  };
  const isAsBefore = async (item: Item) => {
    expect(stored()).toEqual([]);
    expect((await bodyOf(item)).content).toBe("Hello");
    expect(emulator.attachments(item)).toEqual([]);
    expect(emulator.sessions.filter(({ state }) => state === "open")).toEqual([]);
  };

  describe.each(steps)("%s", (step, file, on, vary) => {
    test.each(lost)("once %j: one file, one link", async (fault) => {
      emulator.vary(vary);
      const item = emulator.addMessage({ body: "Hello" });
      emulator.fault({ ...fault, on });
      await share(item, file, fault.hang ? { timeout: 400 } : {});
      await isWhole(item, file);
    });

    test("again and again 503: nothing is left, or the error says that it is not known", async () => {
      emulator.vary(vary);
      const item = emulator.addMessage({ body: "Hello" });
      const busy = { code: "serviceNotAvailable", message: "Busy until noon." };
      emulator.fault({ status: 503, body: { error: busy }, on, times: 3 });
      const error = await failed(share(item, file));
      if (step === "changing the text") {
        expect(error).toMatchObject({ code: "uncertain", message: expect.stringContaining(name) });
        expect(stored()).toHaveLength(1);
      } else if (step === "the reference") {
        expect(error).toMatchObject({ name: "Error", statusCode: 503, ...busy });
        await isAsBefore(item);
      } else {
        expect(error).toMatchObject({ code: "interrupted", cause: { statusCode: 503, ...busy } });
        if (step !== "the last range") {
          expect(error).toMatchObject({
            session: undefined,
            message: expect.stringContaining("503: Busy until noon."),
          });
          await isAsBefore(item);
          return;
        }
        expect(error!.message).toContain("restore(client, error.session, file)");
        expect(stored()).toEqual([]);
        await (await LargeAttachmentTask.restore(client, error!.session!, file)).upload();
        expect(stored()).toEqual([[`/Email attachments/${name}`, sha256(file)]]);
      }
    });

    test("refused: a GraphError, and nothing is left", async () => {
      emulator.vary(vary);
      const item = emulator.addMessage({ body: "Hello" });
      const status = step === "the last range" ? 507 : 403; // one 403 of an upload host would not end it
      emulator.fault({ on, status, body: { error: { code: "ErrorAccessDenied", message: "No." } } });
      expect(await failed(share(item, file))).toMatchObject({ statusCode: status, code: "ErrorAccessDenied" });
      await isAsBefore(item);
    });

    const done = ["createUploadSession", "the last range"].includes(step) ? [] : (["after"] as const);
    test.each([true, ...done] as const)("stopped (%s): the signal's reason, and nothing is left", async (hang) => {
      emulator.vary(vary);
      const item = emulator.addMessage({ body: "Hello" });
      const stop = new AbortController();
      emulator.fault({ on, hang });
      const work = failed(share(item, file, { signal: stop.signal }));
      await met();
      if (hang === "after") await answered();
      const reason = new Error("stop");
      stop.abort(reason);
      expect(await work).toBe(reason);
      await isAsBefore(item);
    });
  });

  /** Resolves when all scripted faults have met their request. */
  const met = async () => {
    while (emulator.unusedFaults().length > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  };

  /** Resolves when every request has been processed. */
  const answered = async () => {
    while (emulator.requests.some(({ status }) => status === undefined))
      await new Promise((next) => setTimeout(next, 5));
  };

  test("a session whose reply is lost keeps its name for a while: the drive's refusal says so, and nothing is left", async () => {
    const item = emulator.addMessage({ body: "Hello" });
    emulator.fault({ on: { kind: "create" }, reset: "after" });
    const error = await failed(share(item, large));
    expect(error).toMatchObject({ statusCode: 409, message: expect.stringContaining("ends when its session expires") });
    expect(stored()).toEqual([]);
    expect((await bodyOf(item)).content).toBe("Hello");
  });

  test("a stop whose undoing fails is uncertain, and the file stays, so that no link leads nowhere", async () => {
    const item = emulator.addMessage({ body: "Hello" });
    const stop = new AbortController();
    emulator.fault({ on: { kind: "patch" }, hang: "after" }, { on: { kind: "patch" }, status: 403 });
    const work = failed(share(item, small, { signal: stop.signal }));
    while (!emulator.requests.some(({ kind, status }) => kind === "patch" && status)) {
      await new Promise((next) => setTimeout(next, 5));
    }
    stop.abort(new Error("stop"));
    expect(await work).toMatchObject({ code: "uncertain" });
    await isWhole(item, small);
  });

  test("a reference whose reply is lost, and that cannot be looked for, is uncertain, and the file stays, so that no link leads nowhere", async () => {
    // found by the simulation: the file was deleted, and the message was left with a link to it
    emulator.vary(taken);
    const item = emulator.addMessage({ body: "Hello" });
    emulator.fault(
      { on: { kind: "list" }, delay: 0 },
      { on: { kind: "post", method: "POST" }, reset: "after" },
      { on: { kind: "list" }, status: 503, times: 3 },
    );
    const error = await failed(share(item, small));
    expect(error).toMatchObject({ code: "uncertain", message: expect.stringContaining(name) });
    await isWhole(item, small);
  });

  test("a stop between two attempts takes back what the first of them attached", async () => {
    emulator.vary(taken);
    const item = emulator.addMessage({ body: "Hello" });
    const stop = new AbortController();
    const on = { kind: "post", method: "POST" } as const;
    emulator.fault({ on, status: 503, after: true, headers: { "Retry-After": "60" } });
    const work = failed(share(item, small, { signal: stop.signal }));
    await met();
    await answered();
    const reason = new Error("stop");
    stop.abort(reason);
    expect(await work).toBe(reason);
    await isAsBefore(item);
  });

  test("a whole file whose reply is lost is not sent twice: whether the drive has it is not known", async () => {
    const item = emulator.addMessage({ body: "Hello" });
    emulator.fault({ reset: "after", on: { kind: "post", method: "PUT" } });
    expect(await failed(share(item, small))).toMatchObject({ code: "uncertain" });
    expect(stored()).toHaveLength(1);
    expect((await bodyOf(item)).content).toBe("Hello");
  });

  test("a file that cannot be deleted again is named", async () => {
    emulator.vary({ driveRefusedScopes: "both" });
    emulator.fault({ on: { method: "DELETE", path: /\/drive\/items\// }, status: 423 });
    const error = await failed(share(emulator.addMessage(), small));
    const [file] = emulator.drive.files();
    expect(error).toMatchObject({ code: "leftBehind", item: file!.id, message: expect.stringContaining(file!.id) });
    expect(error!.cause).toBeDefined();
  });

  test("a drive that is full refuses as ever", async () => {
    emulator.drive.setQuota(10);
    expect(await failed(share(emulator.addMessage(), small))).toMatchObject({ statusCode: 507 });
  });

  test("no token and no header of the caller goes to the upload host", async () => {
    const item = emulator.addMessage();
    await (client.api(item.path).header("X-Own", "1") as GraphRequest).attach(large, link);
    const sent = emulator.requests.filter(({ origin }) => origin === "drive");
    expect(sent.length).toBeGreaterThan(1);
    expect(sent.filter(({ authorized, headers }) => authorized || "x-own" in headers)).toEqual([]);
  });
});

test("the same file to two messages at once has a session for each, also where one store keeps both", async () => {
  const kept = new Map<string, UploadSession>();
  const checkpoints: CheckpointStore = {
    load: (key) => kept.get(key),
    save: (key, session) => void kept.set(key, session),
    remove: (key) => void kept.delete(key),
  };
  emulator.vary({ referenceAttachments: "taken" });
  const both = [emulator.addMessage(), emulator.addMessage()];
  const made = await Promise.all(both.map((item) => share(item, large, { checkpoints })));
  expect(new Set(made.map(({ name }) => name)).size).toBe(2);
  expect(emulator.sessions.filter(({ protocol }) => protocol === "drive")).toHaveLength(2);
  for (const item of both) expect(emulator.attachments(item)).toHaveLength(1);
  expect([...kept.values()].every(({ done }) => done !== undefined)).toBe(true);
});
