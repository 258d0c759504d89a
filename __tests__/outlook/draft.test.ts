import type { UploadError, UploadWaiting } from "../../src/index.js";
import { attachToItem } from "../../src/outlook/index.js";
import { fileOf, sha256 } from "../support/graph.js";
import { outlook } from "./support.js";

const world = outlook();
/** Every file goes by Graph: the host cannot add files itself. */
const byGraph = { sets: { Mailbox: "1.7" } };
/** Office.js takes no inline image with a content id of its own. */
const viaGraph = { name: "logo.png", isInline: true, contentId: "logo" };
const large = fileOf(5_000_000);
const options = { name: "report.pdf" };
const failed = async (work: Promise<unknown>) => {
  const error: unknown = await work.then(
    () => undefined,
    (reason) => reason,
  );
  return error as UploadError;
};
const hashes = (draft: { id: string; path: string }) => world.emulator.attachments(draft).map((one) => one.sha256);

describe("a draft that Outlook has saved but not synchronized", () => {
  test.each<["message" | "appointment"]>([["message"], ["appointment"]])(
    "is waited for, and the waiting is reported and no error (%s)",
    async (itemType) => {
      const { item, draft } = world.open({ ...byGraph, itemType });
      world.emulator.vary({ draftVisibleAfter: 1e9 });
      const waits: UploadWaiting[] = [];
      const onWaiting = (waiting: UploadWaiting) => {
        waits.push(waiting);
        if (waits.length === 7) world.emulator.vary({ draftVisibleAfter: 0 });
      };
      await attachToItem(world.client(), item, large, { ...options, onWaiting });
      expect(waits.map(({ reason }) => reason)).toEqual(Array(7).fill("draft"));
      expect(waits[6]!.wait).toBeGreaterThan(waits[0]!.wait);
      expect(hashes(draft)).toEqual([sha256(large)]);
    },
  );

  test("ends after waitForDraft in an error that says what to do", async () => {
    const { item } = world.open(byGraph);
    world.emulator.vary({ draftVisibleAfter: 1e9 });
    const error = await failed(attachToItem(world.client(), item, large, { ...options, waitForDraft: 20 }));
    expect(error).toMatchObject({ name: "UploadError", code: "notSynced" });
    expect(error.message).toMatch(/^Outlook has not synchronized this draft yet, so report\.pdf was not attached\./);
  });

  test("waits as long as the client's defaults say, unless the call says otherwise", async () => {
    const { item } = world.open(byGraph);
    world.emulator.vary({ draftVisibleAfter: 1e9 });
    const client = world.client({ waitForDraft: 20 });
    expect(await failed(attachToItem(client, item, large, options))).toMatchObject({ code: "notSynced" });
  });

  test("is no longer waited for after an abort, immediately", async () => {
    const { item } = world.open(byGraph);
    world.emulator.vary({ draftVisibleAfter: 1e9 });
    const stop = new AbortController();
    const onWaiting = () => stop.abort(new Error("enough"));
    const more = { ...options, delay: 100_000, signal: stop.signal, onWaiting };
    await expect(attachToItem(world.client(), item, large, more)).rejects.toThrow("enough");
    expect(world.emulator.sessions).toEqual([]);
  });
});

describe("a draft whose id changes", () => {
  test("while it is waited for is followed", async () => {
    const gone = { ...world.emulator.addMessage(), id: "AAMkGone=" };
    const draft = world.emulator.addMessage();
    const { item, move } = world.open({}, [gone, draft]);
    const waits: UploadWaiting[] = [];
    const onWaiting = (waiting: UploadWaiting) => void (waits.push(waiting) === 2 && move());
    await attachToItem(world.client(), item, large, { ...viaGraph, onWaiting });
    expect(hashes(draft)).toEqual([sha256(large)]);
    expect(waits.length).toBeGreaterThanOrEqual(2);
  });

  test("during the upload is followed, and the file is attached once", async () => {
    const first = world.emulator.addMessage();
    const second = world.emulator.addMessage();
    const { item, move } = world.open({}, [first, second]);
    const { emulator } = world;
    emulator.fault({ on: { kind: "range", range: 1 }, gone: true });
    let removed: Promise<unknown> | undefined;
    const onProgress = () => {
      removed ??= world.client().api(first.path).delete(); // as the old id is gone after a move
      move();
    };
    const bytes = fileOf(12_000_000); // the range that fails is not the last, after which nobody could tell
    await attachToItem(world.client(), item, bytes, { ...viaGraph, onProgress });
    await removed;
    expect(hashes(second)).toEqual([sha256(bytes)]);
  });

  test("and that is gone from Graph for good is reported in people's words", async () => {
    const gone = { ...world.emulator.addMessage(), id: "AAMkGone=" };
    const { item } = world.open({}, [gone]);
    const error = await failed(attachToItem(world.client(), item, large, { ...viaGraph, waitForDraft: 0 }));
    expect(error).toMatchObject({ name: "UploadError", code: "lost" });
    expect(error.message).toBe(
      "The draft is no longer where it was saved, so logo.png was not attached. It was sent, moved or deleted; open it again to attach the file.",
    );
  });
});

describe("unsaved edits in the open window", () => {
  const conflict = { error: { code: "ErrorIrresolvableConflict", message: "The send or update operation failed." } };

  test.each(["post", "create"] as const)("that meet 412 at %s are saved, and the upload is repeated", async (kind) => {
    const { item, draft, state } = world.open(byGraph);
    world.emulator.fault({ on: { kind }, status: 412, body: conflict, times: 4 }); // more than `retries`
    const bytes = kind === "post" ? large.subarray(0, 1000) : large;
    await attachToItem(world.client(), item, bytes, options);
    expect(state.saves).toBeGreaterThan(1);
    expect(hashes(draft)).toEqual([sha256(bytes)]);
  });

  test("that meet 412 at a range are saved as well", async () => {
    const { item, draft, state } = world.open(byGraph);
    world.emulator.fault({ on: { kind: "range", range: "last" }, status: 412, body: conflict });
    await attachToItem(world.client(), item, large, options);
    expect(state.saves).toBeGreaterThan(1);
    expect(hashes(draft)).toEqual([sha256(large)]);
  });

  test("that never end are given up, with the service's own answer", async () => {
    const { item, draft } = world.open(byGraph);
    world.emulator.fault({ on: { kind: "create" }, status: 412, body: conflict, times: 12 }); // 3 for each of 4 attempts
    const error = await failed(attachToItem(world.client(), item, large, options));
    expect(error).toMatchObject({ code: "interrupted", cause: { statusCode: 412 } });
    expect(hashes(draft)).toEqual([]);
  });
});

describe("saving the draft", () => {
  test.each([9020, 9021, 9041])("is tried again after %p, which may pass", async (code) => {
    const { item, draft } = world.open({ ...byGraph, saveErrors: [code, code] });
    await attachToItem(world.client(), item, large, options);
    expect(hashes(draft)).toEqual([sha256(large)]);
  });

  test.each([
    [9021, "interrupted", "Check the connection, and that nobody has deleted the draft, then attach the file again."],
    [9041, "interrupted", "There is no connection to the network."],
    [9022, "unsupported", "The draft was moved to another mailbox, or its From was changed."],
    [9016, "unsupported", "The add-in has no permission for it: its manifest needs read/write access to the item."],
    [9020, "interrupted", "Outlook says: An internal error has occurred. Save the draft in its window"],
  ])("that fails with %p for good says what to do", async (code, kind, words) => {
    const { item } = world.open({ ...byGraph, saveErrors: Array(9).fill(code) });
    const error = await failed(attachToItem(world.client(), item, large, options));
    expect(error).toMatchObject({ name: "UploadError", code: kind, cause: { code } });
    expect(error.message).toContain("Outlook could not save the draft, so report.pdf was not attached.");
    expect(error.message).toContain(words);
    expect(world.emulator.requests).toEqual([]);
  });

  test("that Outlook never answers ends after the timeout", async () => {
    const { item } = world.open(byGraph);
    const stuck = { ...item, saveAsync: () => {} };
    const error = await failed(attachToItem(world.client(), stuck, large, { ...options, timeout: 20 }));
    expect(error).toMatchObject({ code: "interrupted", message: expect.stringContaining("did not answer") });
  });
});

describe("the mailbox of somebody else", () => {
  const owner = "team@contoso.example";

  test("is addressed by its owner", async () => {
    const { item } = world.open({ owner });
    await attachToItem(world.client(), item, large, viaGraph);
    const paths = world.emulator.requests.filter(({ origin }) => origin === "graph").map(({ path }) => path);
    expect(paths[0]).toContain(`/users/${encodeURIComponent(owner)}/messages/`);
  });

  test("takes by one request what is small enough, although it takes no session", async () => {
    const { item, draft } = world.open({ owner });
    world.emulator.vary({ sharedMailbox403: true });
    const bytes = large.subarray(0, 3_100_000);
    await attachToItem(world.client(), item, bytes, viaGraph);
    expect(hashes(draft)).toEqual([sha256(bytes)]);
  });

  test.each([
    ["26.1 MB", "27 MB", 27_000_000],
    ["3 MB", "5 MB", 5_000_000], // Office.js does not take an image with a content id of its own
  ])("says that %s is the most, and the way that is left", async (most, has, size) => {
    const { item } = world.open({ owner });
    world.emulator.vary({ sharedMailbox403: true });
    const error = await failed(attachToItem(world.client(), item, new Uint8Array(size), viaGraph));
    expect(error).toMatchObject({ name: "UploadError", code: "unsupported", cause: { statusCode: 403 } });
    expect(error.message).toBe(
      `logo.png has ${has}, but in the mailbox of ${owner} an add-in can attach up to ${most}. Attach it to a message in your own mailbox, or share a link to it.`,
    );
  });

  test("that Outlook names by no owner is told from a draft that is gone", async () => {
    const { item } = world.open();
    const body = {
      error: { code: "ErrorInvalidMailboxItemId", message: "Item Id doesn't belong to the current mailbox." },
    };
    world.emulator.fault({ on: { kind: "create" }, status: 404, body });
    const error = await failed(attachToItem(world.client(), item, large, viaGraph));
    expect(error).toMatchObject({ code: "unsupported", message: expect.stringContaining("in another mailbox") });
  });
});
