import type { HostSettings } from "../../samples/outlook-addin/stub/host.js";
import { attachToItem, type ComposedItem, type ItemAttachment } from "../../src/outlook/index.js";
import type { UploadError } from "../../src/index.js";
import { fileOf, sha256 } from "../support/graph.js";
import { outlook } from "./support.js";

const world = outlook();
const failed = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: UploadError) => error,
  );
/** Above what Office.js takes. */
const large = fileOf(26_200_000);
const small = fileOf(100_000);
const named = (bytes: Uint8Array<ArrayBuffer>, name = "report.pdf", type = "application/pdf") =>
  new File([bytes], name, { type });
const bytesOf = (base64: string) => Buffer.from(base64, "base64");

describe("a file that Office.js takes", () => {
  test("shows immediately, without a request or a sign-in", async () => {
    const { item, state } = world.open();
    const progress: unknown[] = [];
    const options = { onProgress: (one: unknown) => progress.push(one) };
    const attached = await attachToItem(world.client(), item, named(small), options);
    expect(attached).toEqual({
      "@odata.type": "#microsoft.graph.fileAttachment",
      ...{ id: state.added[0]!.id, name: "report.pdf", contentType: "application/pdf", size: 100_000 },
      ...{ isInline: false, contentId: null, by: "office", shown: true },
    });
    expect(state.added.map(({ base64 }) => sha256(bytesOf(base64)))).toEqual([sha256(small)]);
    expect(progress).toEqual([{ loaded: 100_000, total: 100_000 }]);
    expect([world.emulator.requests, state.saves]).toEqual([[], 0]);
  });

  test.each([
    ["bytes", small],
    ["a stream", new Blob([small]).stream()],
    ["a response", new Response(small, { headers: { "content-length": "100000" } })],
    [
      "a source of one's own",
      { size: small.length, slice: (start: number, end: number) => small.subarray(start, end) },
    ],
  ])("may be %s", async (_, source) => {
    const { item, state } = world.open();
    await attachToItem(world.client(), item, source as unknown as Blob, { name: "a.bin", size: small.length });
    expect(sha256(bytesOf(state.added[0]!.base64))).toBe(sha256(small));
  });

  test("keeps an emoji in its name, and two files of one name stay two", async () => {
    const { item, state } = world.open();
    const [one, other] = await Promise.all(
      [1, 2].map(() => attachToItem(world.client(), item, named(small, "🎉 party.png"))),
    );
    expect(state.added.map(({ name }) => name)).toEqual(["🎉 party.png", "🎉 party.png"]);
    expect(one!.id).not.toBe(other!.id);
  });

  test("is an inline image that cid: and its name refer to", async () => {
    const { item, state } = world.open();
    const options = { isInline: true, contentId: "logo.png" };
    const attached = await attachToItem(world.client(), item, named(small, "logo.png", "image/png"), options);
    expect(attached).toMatchObject({ isInline: true, contentId: "logo.png", by: "office" });
    expect(state.added[0]).toMatchObject({ name: "logo.png", isInline: true });
  });

  test.each<[string, HostSettings]>([
    ["the window has no room for it", { addError: { name: "AttachmentSizeExceeded" } }],
    ["the host cannot do it (Mailbox 1.7)", { sets: { Mailbox: "1.7" } }],
    ["the host fails", { addError: { name: "AttachmentUploadGeneralFailure", code: 9007 } }],
  ])("goes by Graph if %s", async (_, settings) => {
    const { item, state, draft } = world.open(settings);
    const attached = await attachToItem(world.client(), item, new Blob([small]).stream(), {
      ...{ name: "report.pdf", size: small.length },
    });
    expect(attached).toMatchObject({ by: "graph", name: "report.pdf", shown: false });
    expect(state.added).toEqual([]);
    expect(world.emulator.attachments(draft).map((one) => one.sha256)).toEqual([sha256(small)]);
  });

  test("is not attached twice if the host adds it and reports a failure", async () => {
    const { item, state, draft } = world.open({ addError: { name: "GenericResponseError", code: 9020, adds: true } });
    const attached = await attachToItem(world.client(), item, named(small));
    expect(attached).toMatchObject({ by: "office", id: state.added[0]!.id });
    expect(world.emulator.attachments(draft)).toEqual([]);
  });

  test.each([
    [
      "FileTypeNotSupported",
      "unsupported",
      "Outlook does not allow files of this type: setup.exe. Share a link to it instead.",
    ],
    ["NumberOfAttachmentsExceeded", "unsupported", "The item has too many attachments, so setup.exe was not attached."],
    ["AttachmentDeletedBeforeUploadCompletes", "cancelled", "setup.exe was removed in Outlook before it was attached."],
  ])("that is refused with %s does not go round the refusal by Graph", async (name, code, words) => {
    const { item } = world.open({ addError: { name } });
    const error = await failed(attachToItem(world.client(), item, named(small, "setup.exe")));
    expect(error).toMatchObject({ code, message: expect.stringContaining(words) });
    expect(world.emulator.requests).toEqual([]);
  });

  test("is removed again if the upload is aborted while Outlook adds it", async () => {
    const { item, state } = world.open();
    const stop = new AbortController();
    const add = item.addFileAttachmentFromBase64Async!;
    const slow: ComposedItem = {
      ...item,
      addFileAttachmentFromBase64Async: (...given) => {
        stop.abort(new Error("enough"));
        add(...(given as Parameters<typeof add>));
      },
    };
    await expect(attachToItem(world.client(), slow, named(small), { signal: stop.signal })).rejects.toThrow("enough");
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect([state.added, state.removed.length]).toEqual([[], 1]);
  });
});

test.each([
  ["an empty file, which Office.js does not take", new File([], "empty.txt"), {}],
  ["an inline image with a content id of its own", named(small, "logo.png"), { isInline: true, contentId: "logo" }],
  ["a file with a name of 300 characters", named(small, "n".repeat(300)), {}],
])("%s goes by Graph", async (_, file, options) => {
  const { item, state, draft } = world.open();
  const attached = await attachToItem(world.client(), item, file, options);
  const [stored] = world.emulator.attachments(draft);
  expect(attached).toMatchObject({ by: "graph", id: stored!.id, name: file.name, ...options });
  expect(stored).toMatchObject({ name: file.name, ...options });
  expect(state.added).toEqual([]);
});

describe("a file that is too large for Office.js", () => {
  test.each<["message" | "appointment"]>([["message"], ["appointment"]])(
    "goes to the %s on the server, with the same options, progress and result",
    async (itemType) => {
      const { item, draft } = world.open({ itemType });
      const loaded: number[] = [];
      const attached = await attachToItem(world.client(), item, named(large), {
        onProgress: (one) => loaded.push(one.loaded),
        contentType: "application/x-own",
      });
      const [stored] = world.emulator.attachments(draft);
      expect([stored!.sha256, stored!.contentType]).toEqual([sha256(large), "application/x-own"]);
      expect(attached).toMatchObject({
        id: stored!.id,
        size: large.length,
        by: "graph",
        contentType: "application/x-own",
      });
      expect(loaded.at(-1)).toBe(large.length);
    },
  );

  test.each<[NonNullable<HostSettings["host"]>, RegExp]>([
    ["web", /doesn’t show it yet\. Close the draft and open it again from Drafts\.$/],
    ["new", /Close the draft and open it again from Drafts\.$/],
    ["classic", /Close the draft, select Send\/Receive, and open it again from Drafts\.$/],
    ["mac", /Close the draft, synchronize Drafts, and open it again\.$/],
  ])("says in %s how to see it, as the window does not show it", async (host, advice) => {
    const { item } = world.open({ host });
    const attached = await attachToItem(world.client(), item, named(large));
    expect(attached).toMatchObject({ shown: false, advice: expect.stringMatching(advice) });
  });

  test("is shown only if the window lists it", async () => {
    const { item } = world.open({ noticesAfter: 0 });
    const attached = await attachToItem(world.client(), item, named(large));
    expect(attached.shown).toBe(true);
    expect(attached).not.toHaveProperty("advice");
  });
});

test("an interrupted upload resumes when the same file is attached to the same item again", async () => {
  const { item, draft } = world.open();
  const options = { isInline: true, contentId: "own" };
  const file = named(fileOf(9_000_000));
  world.emulator.fault({ on: { kind: "range", range: 1 }, status: 503, times: 3 });
  const error = await failed(attachToItem(world.client(), item, file, options));
  expect(error).toMatchObject({ code: "interrupted", session: { offset: 3_932_160 } });
  await attachToItem(world.client(), item, file, options);
  expect(world.emulator.sessions.map(({ state }) => state)).toEqual(["complete"]);
  expect(world.emulator.attachments(draft)).toHaveLength(1);
});

describe("an abort", () => {
  test("before the start sends and saves nothing", async () => {
    const { item, state } = world.open();
    const attaching = attachToItem(world.client(), item, named(large), {
      signal: AbortSignal.abort(new Error("enough")),
    });
    await expect(attaching).rejects.toThrow("enough");
    expect([state.saves, state.added, world.emulator.requests]).toEqual([0, [], []]);
  });

  test("during the upload deletes the session, and leaves nothing half done", async () => {
    const { item, draft, state } = world.open();
    const stop = new AbortController();
    const options = { signal: stop.signal, onProgress: () => stop.abort(new Error("enough")) };
    await expect(attachToItem(world.client(), item, named(large), options)).rejects.toThrow("enough");
    expect(world.emulator.sessions.map(({ state }) => state)).toEqual(["deleted"]);
    expect([world.emulator.attachments(draft), state.session.size]).toEqual([[], 0]);
  });

  test("that the client's own signal makes counts as well", async () => {
    const { item } = world.open();
    const client = world.client({ signal: AbortSignal.abort(new Error("closed")) });
    await expect(attachToItem(client, item, named(small))).rejects.toThrow("closed");
  });
});

describe("what cannot be attached is refused before anything is saved", () => {
  test.each<[string, unknown, object, string, string]>([
    ["no name", new Blob([small]), {}, "invalid", "The attachment of 100000 bytes needs a name"],
    ["an option that does not exist", named(small), { waitForDrafts: 1 }, "invalid", "did you mean waitForDraft?"],
    ["an option out of bounds", named(small), { waitForDraft: -1 }, "invalid", "waitForDraft must be a whole number"],
    [
      "a file over a limit of one's own",
      named(small),
      { maxSize: 50_000 },
      "tooLarge",
      "report.pdf has 100000 bytes; Outlook takes up to 50000 bytes.",
    ],
    ["something that is no file", "report.pdf", {}, "invalid", "The file is a string."],
  ])("%s", async (_, file, options, code, words) => {
    const { item, state } = world.open();
    const error = await failed(attachToItem(world.client(), item, file as Blob, options));
    expect(error).toMatchObject({ name: "UploadError", code, message: expect.stringContaining(words) });
    expect([state.saves, state.added, world.emulator.requests]).toEqual([0, [], []]);
  });

  test("a page without Office.js, a pane without an item, and one that reads say what is missing", async () => {
    const { item } = world.open();
    const none = undefined as unknown as ComposedItem;
    const reading = { ...item, itemId: "AAMk" } as ComposedItem;
    for (const one of [none, reading]) {
      const error = await failed(attachToItem(world.client(), one, named(small)));
      expect(error).toMatchObject({ code: "invalid", message: expect.stringContaining("Office.context.mailbox.item") });
    }
    Reflect.deleteProperty(globalThis, "Office");
    const error = await failed(attachToItem(world.client(), item, named(small)));
    expect(error!.message).toBe("Office.js is not ready. Load it in the page, and wait for Office.onReady().");
  });

  test("a plain Graph client is enough, and a wrapper such as SharePoint's", async () => {
    const { item, draft } = world.open({ sets: { Mailbox: "1.7" } });
    const client = world.client();
    const wrapper = { client, api: (path: string) => client.api(path) };
    const attached: ItemAttachment = await attachToItem(wrapper, item, named(small));
    expect(world.emulator.attachments(draft)[0]!.id).toBe(attached.id);
  });
});
