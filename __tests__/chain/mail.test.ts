import { Readable } from "node:stream";
import { Client, ResponseType, type GraphError } from "@microsoft/microsoft-graph-client";
import { startEmulator, type Emulator } from "../../src/emulator/index.js";
import {
  LargeAttachmentHandlerOptions,
  withLargeAttachments,
  type UploadError,
  type UploadProgress,
} from "../../src/index.js";
import { clientOf, fileOf, sha256 } from "../support/graph.js";

const large = fileOf(5_000_000);
const medium = [1, 2, 3, 4, 5].map(() => fileOf(1_000_000));
const small = fileOf(1_000);
const to = [{ emailAddress: { address: "a@example.com" } }];
const fileAttachment = (name: string, bytes: Buffer, more: object = {}) => ({
  "@odata.type": "#microsoft.graph.fileAttachment",
  name,
  contentBytes: bytes.toString("base64"),
  ...more,
});
const reference = {
  "@odata.type": "#microsoft.graph.referenceAttachment",
  name: "A link",
  sourceUrl: "https://example.com",
};

let emulator: Emulator;
let client: Client;
beforeAll(async () => void (emulator = await startEmulator()));
beforeEach(() => {
  emulator.reset();
  client = withLargeAttachments(clientOf(emulator), { delay: 1, retries: 2, timeout: 1_000 });
});
afterEach(() => emulator.verifyFaults());
afterAll(() => emulator.close());

const kinds = () => emulator.requests.map(({ kind }) => kind).filter((kind) => kind !== "list");
const held = (attachments: readonly { name: string; sha256: string }[]) =>
  attachments.map(({ name, sha256 }) => [name, sha256]);
const mail = (attachments: object[]) => ({
  message: { subject: "Files", body: { contentType: "Text", content: "See" }, toRecipients: to, attachments },
});
const failed = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: UploadError & GraphError) => error,
  );

describe("sendMail", () => {
  test("of a file above the threshold becomes a draft, an upload, and a send; the caller sees no difference", async () => {
    const body = mail([fileAttachment("big.bin", large), fileAttachment("small.txt", small), reference]);
    const response = (await client.api("/me/sendMail").responseType(ResponseType.RAW).post(body)) as Response;
    expect(response.status).toBe(202);
    const [sent, ...others] = emulator.mailbox.outbox();
    expect(others).toEqual([]);
    expect(sent).toMatchObject({ kind: "mail", subject: "Files", recipients: ["a@example.com"] });
    expect(held(sent!.attachments).sort()).toEqual(
      [
        ["big.bin", sha256(large)],
        ["small.txt", sha256(small)],
        ["A link", expect.any(String)],
      ].sort(),
    );
    expect(kinds()).toEqual(["draft", "create", "range", "range", "post", "send"]);
    expect(emulator.mailbox.drafts()).toEqual([]);
    expect(emulator.mailbox.sentItems()).toHaveLength(1);
  });

  test("of five files of 1 MB is done in steps too, for the whole request counts", async () => {
    await client
      .api("/users/me@example.com/sendMail")
      .post(mail(medium.map((bytes, i) => fileAttachment(`${i}.bin`, bytes))));
    const [sent] = emulator.mailbox.outbox();
    expect(held(sent!.attachments).sort()).toEqual(medium.map((bytes, i) => [`${i}.bin`, sha256(bytes)]));
    expect(kinds()).toEqual(["draft", "post", "post", "send"]);
  });

  test("of what fits passes untouched", async () => {
    await client
      .api("/me/sendMail")
      .post(mail([fileAttachment("small.txt", small), fileAttachment("0.bin", medium[0]!)]));
    expect(kinds()).toEqual(["mail"]);
  });

  test("keeps inline images inline", async () => {
    await client
      .api("/me/sendMail")
      .post(mail([fileAttachment("logo.png", large, { contentType: "image/png", isInline: true, contentId: "logo" })]));
    expect(emulator.mailbox.outbox()[0]!.attachments).toMatchObject([
      { name: "logo.png", contentType: "image/png", isInline: true, contentId: "logo" },
    ]);
  });

  test("keeps what is written in any order, with escapes, and in attachments of other kinds", async () => {
    const nested = {
      "@odata.type": "#microsoft.graph.itemAttachment",
      name: "m",
      item: {
        "@odata.type": "#microsoft.graph.message",
        subject: 'a "contentBytes" b',
        attachments: [fileAttachment("in.txt", small)],
      },
    };
    const body = JSON.stringify({
      saveToSentItems: true,
      message: { attachments: [nested, fileAttachment("big.bin", large)], subject: "ü", toRecipients: to },
    });
    await client.api("/me/sendMail").post(body);
    const draft = emulator.requests.find(({ kind }) => kind === "draft")!;
    expect(draft.bodyBytes).toBeGreaterThan(small.length);
    expect(emulator.mailbox.outbox()[0]).toMatchObject({ subject: "ü" });
    expect(emulator.mailbox.outbox()[0]!.attachments).toHaveLength(2);
  });

  test("of MIME, and a group's post, pass through, for neither can be rewritten", async () => {
    const mime = Buffer.from(`From: a\r\n\r\n${"x".repeat(2_000_000)}`).toString("base64");
    await client.api("/me/sendMail").header("Content-Type", "text/plain").post(mime);
    expect(kinds()).toEqual(["mail"]);
    await failed(client.api("/groups/g/threads/t/reply").post({ post: { attachments: [fileAttachment("a", large)] } }));
    expect(kinds()).toHaveLength(2);
  });

  test("without saving is refused before anything is made, since a draft is always saved", async () => {
    for (const saveToSentItems of [false, "false"]) {
      const error = await failed(
        client.api("/me/sendMail").post({ ...mail([fileAttachment("big.bin", large)]), saveToSentItems }),
      );
      expect(error).toMatchObject({ code: "unsupported", message: expect.stringContaining("deleteSentCopy") });
    }
    expect(kinds()).toEqual([]);
  });

  test("without saving deletes the sent copy where the caller lets it, once the message has gone", async () => {
    emulator.vary({ sentDelay: 2 });
    const allowed = new LargeAttachmentHandlerOptions({ deleteSentCopy: true });
    await client
      .api("/me/sendMail")
      .middlewareOptions([allowed])
      .post({ ...mail([fileAttachment("big.bin", large)]), saveToSentItems: false });
    emulator.vary({ sentDelay: 0 });
    expect(emulator.mailbox.outbox()).toHaveLength(1);
    expect(emulator.mailbox.sentItems()).toEqual([]);
    expect(emulator.requests.find(({ kind }) => kind === "draft")!.headers["prefer"]).toContain("ImmutableId");
  });

  test("keeps the caller's Prefer on the requests to Graph", async () => {
    await client
      .api("/me/sendMail")
      .header("Prefer", 'outlook.timezone="UTC"')
      .post(mail([fileAttachment("big.bin", large)]));
    expect(emulator.requests.find(({ kind }) => kind === "draft")!.headers["prefer"]).toBe('outlook.timezone="UTC"');
  });
});

describe.each(["reply", "replyAll", "forward"] as const)("%s", (verb) => {
  test("becomes a draft with comment and message kept, an upload, and a send", async () => {
    const original = emulator.addMessage({ subject: "Hello", draft: false });
    const body = {
      comment: "See the file",
      message: { attachments: [fileAttachment("big.bin", large)] },
      ...(verb === "forward" ? { toRecipients: to } : {}),
    };
    await client.api(`${original.path}/${verb}`).post(body);
    const [sent, ...others] = emulator.mailbox.outbox();
    expect(others).toEqual([]);
    expect(sent!.subject).toMatch(/^(RE|FW): Hello$/i);
    expect(held(sent!.attachments)).toEqual([["big.bin", sha256(large)]]);
    expect(kinds()).toEqual(["draft", "create", "range", "range", "send"]);
  });

  test("in its create… form answers the draft", async () => {
    const original = emulator.addMessage({ subject: "Hello", draft: false });
    const create = `create${verb[0]!.toUpperCase()}${verb.slice(1)}`;
    const draft = await client
      .api(`${original.path}/${create}`)
      .post({ message: { attachments: [fileAttachment("big.bin", large)] } });
    expect(draft).toMatchObject({ id: expect.any(String), isDraft: true, hasAttachments: true });
    expect(held(emulator.attachments(draft.id))).toEqual([["big.bin", sha256(large)]]);
    expect(emulator.mailbox.outbox()).toEqual([]);
  });
});

describe("a new message", () => {
  test.each(["/me/messages", "/users('me@example.com')/mailFolders('drafts')/messages"])(
    "at %s answers the message that was made",
    async (path) => {
      const made = await client.api(path).post({
        subject: "Draft",
        attachments: [fileAttachment("big.bin", large), fileAttachment("small.txt", small)],
      });
      expect(made).toMatchObject({ id: expect.any(String), subject: "Draft", isDraft: true, hasAttachments: true });
      expect(held(emulator.attachments(made.id)).sort()).toEqual([
        ["big.bin", sha256(large)],
        ["small.txt", sha256(small)],
      ]);
    },
  );
});

describe("an event", () => {
  const attendees = [{ emailAddress: { address: "b@example.com" }, type: "required" }];
  const event = {
    subject: "Meeting",
    start: { dateTime: "2030-01-01T10:00:00", timeZone: "UTC" },
    end: { dateTime: "2030-01-01T11:00:00", timeZone: "UTC" },
    attendees,
  };

  test.each([
    "/me/events",
    "/me/calendar/events",
    "/me/calendars/c/events",
    "/users/u/calendarGroups/g/calendars/c/events",
  ])("at %s invites people only when the file is there", async (path) => {
    const made = await client
      .api(path)
      .post({ ...event, attachments: [fileAttachment("big.bin", large), fileAttachment("small.txt", small)] });
    expect(made).toMatchObject({ subject: "Meeting", hasAttachments: true, attendees: [expect.objectContaining({})] });
    const [invitation, ...others] = emulator.mailbox.outbox();
    expect(others).toEqual([]);
    expect(invitation).toMatchObject({ kind: "invitation", recipients: ["b@example.com"] });
    expect(held(invitation!.attachments).sort()).toEqual([
      ["big.bin", sha256(large)],
      ["small.txt", sha256(small)],
    ]);
  });

  test("without attendees needs no invitation", async () => {
    await client.api("/me/events").post({ ...event, attendees: [], attachments: [fileAttachment("big.bin", large)] });
    expect(kinds()).toEqual(["draft", "create", "range", "range", "item"]);
  });

  test("whose invitation's reply is lost invites once", async () => {
    emulator.fault({ on: { kind: "patch" }, reset: "after" });
    await client.api("/me/events").post({ ...event, attachments: [fileAttachment("big.bin", large)] });
    expect(emulator.mailbox.outbox()).toHaveLength(1);
  });

  test("that people cannot be invited to is deleted, and nobody hears of it", async () => {
    emulator.fault({
      on: { kind: "patch" },
      status: 400,
      body: { error: { code: "ErrorInvalidRecipients", message: "No." } },
    });
    const error = await failed(
      client.api("/me/events").post({ ...event, attachments: [fileAttachment("big.bin", large)] }),
    );
    expect(error).toMatchObject({ statusCode: 400, code: "ErrorInvalidRecipients" });
    expect(emulator.events()).toEqual([]);
    expect(emulator.mailbox.outbox()).toEqual([]);
  });
});

describe("files beside the request", () => {
  test("travel with sendMail without base64, and report their progress together", async () => {
    const progress: UploadProgress[] = [];
    const files = [
      new File([large], "big.bin"),
      { file: small, name: "logo.png", contentType: "image/png", isInline: true, contentId: "logo" },
      { file: new Blob([large]).stream(), name: "stream.bin", size: large.length },
    ];
    await client
      .api("/me/sendMail")
      .withAttachments(files, { onProgress: (step) => progress.push(step) })
      .middlewareOptions([])
      .post({ message: { subject: "s", toRecipients: to } });
    expect(held(emulator.mailbox.outbox()[0]!.attachments).sort()).toEqual([
      ["big.bin", sha256(large)],
      ["logo.png", sha256(small)],
      ["stream.bin", sha256(large)],
    ]);
    const total = 2 * large.length + small.length;
    expect(progress.every((step) => step.total === total)).toBe(true);
    expect(progress.map(({ loaded }) => loaded)).toEqual(progress.map(({ loaded }) => loaded).sort((a, b) => a - b));
    expect(progress.at(-1)!.loaded).toBe(total);
    expect(new Set(progress.map(({ file, index }) => `${index} ${file}`))).toEqual(
      new Set(["0 big.bin", "1 logo.png", "2 stream.bin"]),
    );
    expect(
      Math.max(...emulator.requests.filter(({ kind }) => kind === "draft").map(({ bodyBytes }) => bodyBytes)),
    ).toBeLessThan(10_000);
  });

  test("that fit go in one request, which needs no more than Mail.Send", async () => {
    emulator.vary({ mailSendOnly403: true });
    await client
      .api("/me/sendMail")
      .withAttachments([new File(["hello"], "a.txt")])
      .post({ message: { subject: "s", toRecipients: to } });
    emulator.vary({ mailSendOnly403: false });
    expect(kinds()).toEqual(["mail"]);
    expect(emulator.mailbox.outbox()[0]!.attachments).toMatchObject([{ name: "a.txt" }]);
  });

  test("go to an event always in steps, for events take none in their body", async () => {
    const made = await client
      .api("/me/events")
      .withAttachments([new File(["hello"], "a.txt")])
      .post({ subject: "e", attendees: [] });
    expect(emulator.attachments(made.id)).toMatchObject([{ name: "a.txt" }]);
  });

  test("are refused where they cannot go, and where nobody would take them, before anything is sent", async () => {
    const file = [new File(["x"], "x")];
    await expect(client.api("/me/contacts").withAttachments(file).post({})).rejects.toMatchObject({ code: "invalid" });
    await expect(client.api("/me/sendMail").withAttachments(file).post("no json")).rejects.toMatchObject({
      code: "invalid",
    });
    const stream = new Blob(["x"]).stream();
    await expect(client.api("/me/sendMail").withAttachments([stream]).post({ message: {} })).rejects.toThrow(
      /length of a stream/,
    );
    expect(() => clientOf(emulator).api("/me/sendMail").withAttachments(file)).toThrow(/withLargeAttachments/);
    await expect(
      client
        .api("/me/sendMail")
        .withAttachments([new Blob(["x"])])
        .post({ message: {} }),
    ).rejects.toThrow(/needs a name/);
    expect(kinds()).toEqual([]);
  });
});

describe("when a step fails", () => {
  const send = (options = {}) =>
    failed(
      client
        .api("/me/sendMail")
        .withAttachments([new File([large], "big.bin")], options)
        .post({ message: { subject: "s", toRecipients: to } }),
    );
  const nothingIsLeft = () => {
    expect(emulator.mailbox.outbox()).toEqual([]);
    expect(emulator.mailbox.drafts()).toEqual([]);
  };

  test("a draft that is forbidden is explained: which permission, and why", async () => {
    emulator.vary({ mailSendOnly403: true });
    const error = await send();
    emulator.vary({ mailSendOnly403: false });
    expect(error).toMatchObject({
      statusCode: 403,
      code: "ErrorAccessDenied",
      message: expect.stringMatching(/Mail\.ReadWrite.*Mail\.Send/),
    });
    nothingIsLeft();
  });

  test("streams beside it are let go, those too whose turn had not come, so that no file stays open", async () => {
    for (const [on, status] of [
      [{ method: "POST", path: /messages$/ }, 403],
      [{ kind: "range" }, 507],
    ] as const) {
      emulator.fault({ on: on as object, status });
      const streams = [large, large].map((bytes) => Readable.from([bytes], { objectMode: false }));
      const files = streams.map((file, index) => ({ file, name: `${index}`, size: large.length }));
      await expect(client.api("/me/sendMail").withAttachments(files).post(mail([]))).rejects.toMatchObject({
        statusCode: status,
      });
      expect(streams.map(({ destroyed }) => destroyed)).toEqual([true, true]);
    }
  });

  test("a draft whose reply is lost is found and sent, and not made twice", async () => {
    emulator.fault({ on: { kind: "draft" }, reset: "after" });
    expect(await send()).toBeUndefined();
    expect(kinds().filter((kind) => kind === "draft")).toHaveLength(1);
    expect(emulator.mailbox.outbox()).toHaveLength(1);
  });

  test("a draft whose reply is lost and that cannot be looked for is reported, and nothing is sent", async () => {
    emulator.fault({ on: { kind: "draft" }, reset: "after" }, { on: { kind: "list" }, status: 400 });
    expect(await send()).toMatchObject({ code: "uncertain" });
    expect(kinds()).toEqual(["draft"]);
    expect(emulator.mailbox.outbox()).toEqual([]);
  });

  test("a 429 on any step is waited out", async () => {
    const status = 429;
    const headers = { "Retry-After": "0" };
    emulator.fault(
      ...(["draft", "create", "range", "send"] as const).map((kind) => ({ on: { kind }, status, headers })),
    );
    expect(await send()).toBeUndefined();
    expect(emulator.mailbox.outbox()).toHaveLength(1);
  });

  test("a file that is refused leaves no draft, and nothing is sent", async () => {
    for (const kind of ["create", "range"] as const) {
      emulator.fault({ on: { kind }, status: 507, body: { error: { code: "ErrorQuotaExceeded", message: "Full." } } });
      expect(await send()).toMatchObject({ statusCode: 507, code: "ErrorQuotaExceeded" });
      nothingIsLeft();
    }
  });

  test("a file whose retries run out leaves no draft, and its error hands over no session of it", async () => {
    emulator.fault({ on: { kind: "range" }, status: 503, times: 3 });
    const error = await send();
    expect(error).toMatchObject({ code: "interrupted", message: expect.stringContaining("Nothing was sent") });
    expect(error!.session).toBeUndefined();
    nothingIsLeft();
  });

  test("an abort leaves no draft, and nothing is sent", async () => {
    const controller = new AbortController();
    const reason = Object.assign(new Error("stop"), { name: "AbortError" });
    expect(await send({ signal: controller.signal, onProgress: () => controller.abort(reason) })).toMatchObject({
      code: "AbortError",
    });
    nothingIsLeft();
  });

  test("a draft that cannot be deleted is named in the error", async () => {
    emulator.fault({ on: { kind: "range" }, status: 507 }, { on: { kind: "discard" }, status: 500, times: 3 });
    const error = await send();
    const [draft] = emulator.mailbox.drafts();
    expect(error).toMatchObject({ code: "leftBehind", item: draft!.id, message: expect.stringContaining(draft!.id) });
  });

  test("a send that is refused leaves no draft, and tells why", async () => {
    emulator.fault({
      on: { kind: "send" },
      status: 400,
      body: { error: { code: "ErrorMessageSizeExceeded", message: "Too big." } },
    });
    expect(await send()).toMatchObject({ statusCode: 400, code: "ErrorMessageSizeExceeded" });
    nothingIsLeft();
  });

  test.each([{ reset: "after" }, { hang: "after" }, { status: 503, after: true }, { cutReply: true }] as const)(
    "a send whose reply is lost after it was done (%j) is a send that was done, and is not repeated",
    async (fault) => {
      emulator.fault({ ...fault, on: { kind: "send" } });
      expect(await send()).toBeUndefined();
      expect(emulator.mailbox.outbox()).toHaveLength(1);
      expect(kinds().filter((kind) => kind === "send")).toHaveLength(1);
    },
  );

  test.each([{ reset: "before" }, { hang: true }, { status: 500 }] as const)(
    "a send of which it is not known whether it was done (%j) is not repeated; the error names the draft, which stays",
    async (fault) => {
      emulator.fault({ ...fault, on: { kind: "send" } });
      const error = await send();
      const [draft] = emulator.mailbox.drafts();
      expect(error).toMatchObject({ code: "uncertain", item: draft!.id });
      expect(kinds().filter((kind) => kind === "send")).toHaveLength(1);
      expect(emulator.mailbox.outbox()).toEqual([]);
    },
  );

  test.each([
    { reset: "after" },
    { status: 504, after: true }, // found by the simulation: it was told as a plain failure
  ] as const)("one request that holds all is not repeated when its reply is lost (%j)", async (fault) => {
    emulator.fault({ ...fault, on: { kind: "mail" } });
    const error = await failed(
      client
        .api("/me/sendMail")
        .withAttachments([new File(["x"], "x")])
        .post({ message: { subject: "s", toRecipients: to } }),
    );
    expect(error).toMatchObject({ code: "uncertain" });
    expect(emulator.mailbox.outbox()).toHaveLength(1);
  });
});

describe("a mailbox", () => {
  test("gets four requests at once, however many files go to however many items", async () => {
    const items = Array.from({ length: 12 }, () => emulator.addMessage());
    await Promise.all(items.map((item) => client.api(item.path).attach(large, { name: "a" })));
    expect(items.map((item) => emulator.attachments(item).length)).toEqual(items.map(() => 1));
    expect(emulator.requests.filter(({ status }) => status === 429)).toEqual([]);
  });

  test("gets four requests at once also when everything is stopped", async () => {
    // found by the simulation: what discards a session did not take its turn
    const items = Array.from({ length: 12 }, () => emulator.addMessage());
    const stop = new AbortController();
    const onProgress = () => stop.abort();
    const all = items.map((item) =>
      client.api(item.path).attach(large, { name: "a", signal: stop.signal, onProgress }),
    );
    await Promise.allSettled(all);
    expect(emulator.requests.filter(({ status }) => status === 429)).toEqual([]);
  });

  test("that asks for a pause gets it from all uploads to it, not only from one", async () => {
    const items = Array.from({ length: 3 }, () => emulator.addMessage());
    emulator.fault({ on: { kind: "range" }, status: 429, headers: { "Retry-After": "1" } });
    const from = performance.now();
    const took = await Promise.all(
      items.map((item) =>
        client
          .api(item.path)
          .attach(large, { name: "a" })
          .then(() => performance.now() - from),
      ),
    );
    expect(Math.min(...took)).toBeGreaterThanOrEqual(999);
  });
});
