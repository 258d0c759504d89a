import type { Client, GraphError } from "@microsoft/microsoft-graph-client";
import { startEmulator, type Emulator, type FaultScript, type Item } from "../../src/emulator/index.js";
import { defaultVariations } from "../../src/emulator/variations.js";
import { withLargeAttachments, type FileToAttach, type UploadError, type UploadProgress } from "../../src/index.js";
import type { UploadOptions } from "../../src/index.js";
import { clientOf, fileOf, sha256 } from "../support/graph.js";

const small = fileOf(5_000);
const large = fileOf(5_000_000);
const rangeSize = 8 * 327_680;
const text = { body: { content: "See the files" } };
const folder = "/Microsoft Teams Chat Files";
const film = { file: large, name: "film.mp4" };
const notes = { file: small, name: "notes & plan.docx" };

let emulator: Emulator;
let client: Client;
beforeAll(async () => void (emulator = await startEmulator()));
beforeEach(() => {
  emulator.reset();
  emulator.vary(defaultVariations);
  client = withLargeAttachments(clientOf(emulator), { delay: 1, retries: 2, timeout: 1_000, rangeSize });
});
afterEach(() => emulator.verifyFaults());
afterAll(() => emulator.close());

interface Message {
  id: string;
  body: { contentType: string; content: string };
  attachments: { id: string; name: string; contentType: string }[];
}
const post = (path: string, files: readonly FileToAttach[], message: object = text, options?: UploadOptions) =>
  client.api(path).withAttachments(files, options).post(message) as Promise<Message>;
const failed = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: UploadError & GraphError) => error,
  );
const kinds = () => emulator.requests.map(({ kind }) => kind);
const messages = (place: Item) => emulator.teams.messages(place);
const stored = (drive = emulator.drive) => drive.files().map(({ filePath, sha256 }) => [filePath, sha256]);
const open = () => emulator.sessions.filter(({ state }) => state === "open");
const stopped = () => Object.assign(new Error("stop"), { name: "AbortError" });
const tag = (id: string) => `<attachment id="${id}"></attachment>`;

/** Each kind of place, its drive, and where messages go. */
const places = [
  ["a chat", () => chatAt("")],
  ["/me/chats", () => chatAt("/me")],
  ["a user's chat", () => chatAt("/users/megan@contoso.example")],
  ["a channel", () => channel()],
  ["a reply in a channel", () => replyIn()],
] as const;

function chatAt(mailbox: string) {
  const place = emulator.teams.addChat();
  const drive = mailbox.startsWith("/users") ? emulator.drive.of(`${mailbox}/drive`) : emulator.drive;
  return { place, drive, folder, path: `${mailbox}${place.path}/messages` };
}

function channel(name = "Design") {
  const place = emulator.teams.addChannel({ name });
  return { place, drive: emulator.drive.of(place.drivePath), folder: `/${name}`, path: `${place.path}/messages` };
}

async function replyIn() {
  const made = channel();
  const { id } = (await client.api(made.path).post(text)) as Message;
  return { ...made, path: `${made.path}/${id}/replies` };
}

describe.each(places)("%s", (_, add) => {
  test.each([
    ["a small file", [notes]],
    ["a large file", [film]],
    ["several files", [film, notes, { ...film, name: "second.mp4" }]],
  ])("gets a message with %s, which lie where Teams puts them", async (_, files) => {
    const { place, drive, folder, path } = await add();
    const posted = await post(path, files);
    const message = messages(place).at(-1)!;
    expect(posted).toMatchObject({ id: message.id, body: { contentType: "html", content: message.content } });
    expect(message.attachments.map(({ name, file }) => [name, file!.sha256, file!.filePath])).toEqual(
      files.map(({ name, file }) => [name, sha256(file), `${folder}/${name}`]),
    );
    expect(message.content).toBe(`See the files${message.attachments.map(({ id }) => tag(id)).join("")}`);
    expect(stored(drive)).toHaveLength(files.length);
    expect(kinds().filter((kind) => kind === "chat")).toHaveLength(path.endsWith("replies") ? 2 : 1);
    if (path.endsWith("replies")) expect(message.replyToId).toBe(messages(place)[0]!.id);
  });

  test("gives a file another name where its own is taken, and shows that", async () => {
    const { place, drive, folder, path } = await add();
    drive.addFile(`${folder}/film.mp4`, Buffer.from("older"));
    await post(path, [{ ...film, file: small }]);
    expect(messages(place).at(-1)!.attachments).toMatchObject([{ name: "film 1.mp4" }]);
    expect(drive.file(`${folder}/film.mp4`).bytes.toString()).toBe("older");
  });

  test.each([
    [403, "Forbidden"],
    [413, "RequestBodyTooLarge"],
  ])("that refuses the message with %i is a GraphError, and its files are deleted again", async (status, code) => {
    const { place, drive, path } = await add();
    const before = messages(place).length;
    emulator.fault({ on: { kind: "chat" }, status, body: { error: { code, message: "No." } } });
    expect(await failed(post(path, [film, notes]))).toMatchObject({ statusCode: status, code });
    expect(messages(place)).toHaveLength(before);
    expect(stored(drive)).toEqual([]);
  });
});

describe("the message", () => {
  test.each([
    ["text, escaped, its lines broken", { content: "a < b\n& c" }, "a &lt; b<br>&amp; c"],
    ["HTML, as it is", { contentType: "html", content: "<b>See</b>\nthis" }, "<b>See</b>\nthis"],
    ["nothing", undefined, ""],
  ])("is %s", async (_, body, content) => {
    const { place, path } = chatAt("");
    await post(path, [notes], { body, importance: "high" });
    const [{ attachments, ...message }] = messages(place) as [ReturnType<typeof messages>[0]];
    expect(message).toMatchObject({ contentType: "html", content: content + tag(attachments[0]!.id) });
  });

  test("keeps the attachments and the subject that it has", async () => {
    const { path, place } = channel();
    const card = { id: "card", contentType: "application/vnd.microsoft.card.thumbnail", content: "{}" };
    const body = { contentType: "html", content: `Look: ${tag("card")} <i>and</i> ` };
    const posted = await post(path, [notes], { subject: "Plan", body, attachments: [card] });
    const [id] = messages(place)[0]!.attachments.map((one) => one.id);
    expect(posted.attachments.map((one) => [one.id, one.contentType])).toEqual([
      ["card", card.contentType],
      [id, "reference"],
    ]);
    expect(messages(place)).toMatchObject([{ subject: "Plan", content: `${body.content}${tag(id!)}` }]);
  });

  test("without any file is posted as it is", async () => {
    const { path, place } = chatAt("");
    await client.api(path).post(text);
    expect(messages(place)).toMatchObject([{ contentType: "text", content: "See the files" }]);
    expect(kinds()).toEqual(["chat"]);
  });
});

describe("the people of a chat", () => {
  test("may open every file, but are not written to, and the sender is not invited", async () => {
    emulator.vary({ teamsPageSize: 2 });
    const members = ["adele", "alex", "bianca", "diego"].map((one) => `${one}@contoso.example`);
    const chat = emulator.teams.addChat({ members });
    await post(`${chat.path}/messages`, [notes, film]);
    const others = chat.members.slice(1).map(({ userId }) => userId);
    for (const file of emulator.drive.files()) {
      expect(emulator.drive.readers(file)).toEqual(others);
      expect(emulator.drive.permissions(file).every((one) => one.sendInvitation === false)).toBe(true);
    }
    expect(emulator.drive.files()).toHaveLength(2);
    expect(emulator.requests.filter(({ path }) => path.includes("/members"))).toHaveLength(3);
  });

  test("are none but the sender: nobody is invited", async () => {
    const chat = emulator.teams.addChat({ members: [] });
    await post(`${chat.path}/messages`, [notes]);
    expect(kinds()).not.toContain("share");
    expect(messages(chat)).toHaveLength(1);
  });

  test("of a channel are not asked for: its folder is theirs", async () => {
    const { path } = channel();
    await post(path, [notes]);
    expect(kinds()).not.toContain("share");
    expect(emulator.requests.filter(({ path }) => path.includes("members"))).toEqual([]);
  });
});

describe("the folder of a channel", () => {
  test("that is not there yet is waited for", async () => {
    emulator.vary({ teamsFolderDelay: 2 });
    const { path, place, folder, drive } = channel();
    await post(path, [notes]);
    expect(messages(place)).toHaveLength(1);
    expect(stored(drive)).toEqual([[`${folder}/${notes.name}`, sha256(small)]]);
  });

  test("that never comes is a GraphError, before anything is uploaded", async () => {
    emulator.vary({ teamsFolderDelay: 100 });
    const { path, place, drive } = channel();
    const error = await failed(post(path, [notes]));
    expect(error).toMatchObject({ statusCode: 404, message: expect.stringContaining("not ready yet") });
    expect(kinds().length).toBeLessThanOrEqual(5);
    expect([messages(place), stored(drive)]).toEqual([[], []]);
  });
});

describe("files", () => {
  test("tell their progress together", async () => {
    const progress: UploadProgress[] = [];
    await post(chatAt("").path, [film, notes], text, { onProgress: (step) => progress.push(step) });
    const total = large.length + small.length;
    expect(progress.map(({ loaded, total, file, index }) => [loaded, total, file, index])).toEqual([
      [rangeSize, total, film.name, 0],
      [large.length, total, film.name, 0],
      [total, total, notes.name, 1],
    ]);
  });

  test("may be streams, and Files that know their name", async () => {
    const { path, place } = chatAt("");
    const stream = { file: new Blob([large]).stream(), name: "stream.bin", size: large.length };
    await post(path, [stream, new File([small], "known.txt")]);
    expect(messages(place)[0]!.attachments.map(({ name, file }) => [name, file!.sha256])).toEqual([
      ["stream.bin", sha256(large)],
      ["known.txt", sha256(small)],
    ]);
  });

  test.each([
    ["small", small],
    ["large", large],
  ])("of one name, %s, become two", async (_, file) => {
    const { path, place } = chatAt("");
    await post(path, [
      { file, name: "a.bin" },
      { file, name: "a.bin" },
    ]);
    expect(messages(place)[0]!.attachments.map(({ name }) => name)).toEqual(["a.bin", "a 1.bin"]);
    expect(open()).toEqual([]);
  });

  test("are checked before anything is sent", async () => {
    const { path } = chatAt("");
    expect(await failed(post(path, [new Blob(["x"])]))).toMatchObject({ message: expect.stringMatching(/name/) });
    expect(await failed(post(path, [notes], text, { maxSize: 10 }))).toMatchObject({ code: "tooLarge" });
    expect(await failed(client.api(path).withAttachments([notes]).post("no JSON"))).toMatchObject({ code: "invalid" });
    expect(kinds()).toEqual([]);
  });

  test("are refused by a URL that takes none, which says who does", async () => {
    for (const path of ["/chats", "/chats/c/members", "/teams/t/channels/c", "/me/onlineMeetings"]) {
      expect(await failed(post(path, [notes]))).toMatchObject({
        code: "invalid",
        message: expect.stringMatching(/message or an event.*chat or channel/),
      });
    }
    expect(kinds()).toEqual([]);
  });
});

describe("what happens on the way", () => {
  const steps = [
    ["a range", { kind: "range", range: "last" }],
    ["the members", { path: /\/members/ }],
    ["an invitation", { kind: "share" }],
    ["reading a file's address", { method: "GET", path: /webDavUrl/ }],
  ] as const;
  const lost: FaultScript[] = [
    { reset: "before" },
    { reset: "after" },
    { cutReply: true },
    { hang: "after" },
    { status: 503 },
    { status: 504, after: true },
    { status: 429, headers: { "Retry-After": "0" } },
  ];
  /** Resolves when all scripted faults have met their request. */
  const met = async () => {
    while (emulator.unusedFaults().length > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  const files = [film, notes];

  /** A session that lives is asked to go on until the retries run out, and then one more is opened. */
  const attemptsAtRange = 2 * (1 + 2);

  describe.each(steps)("%s", (step, on) => {
    test.each(lost)("once %j: one message, no file twice", async (fault) => {
      const { path, place } = chatAt("");
      emulator.fault({ ...fault, on });
      await post(path, files);
      expect(messages(place)).toHaveLength(1);
      expect(stored()).toEqual(files.map(({ file, name }) => [`${folder}/${name}`, sha256(file)]));
    });

    test("refused: a GraphError, no message, no file", async () => {
      const { path, place } = chatAt("");
      const times = step === "a range" ? attemptsAtRange : 1;
      emulator.fault({ on, times, status: 403, body: { error: { code: "accessDenied", message: "No." } } });
      expect(await failed(post(path, files))).toMatchObject({ statusCode: 403, code: "accessDenied" });
      expect([messages(place), stored(), open()]).toEqual([[], [], []]);
    });

    test("again and again 503: the error says so, no message, no file", async () => {
      const { path, place } = chatAt("");
      emulator.fault({ on, status: 503, times: 3 });
      expect(await failed(post(path, files))).toMatchObject({ code: "interrupted" });
      expect([messages(place), stored()]).toEqual([[], []]);
    });

    test("stopped: no message, no file", async () => {
      const { path, place } = chatAt("");
      const stop = new AbortController();
      emulator.fault({ on, hang: true });
      const work = failed(post(path, files, text, { signal: stop.signal }));
      await met();
      stop.abort(stopped());
      expect(await work).toMatchObject({ code: "AbortError" });
      expect([messages(place), stored(), open()]).toEqual([[], [], []]);
    });
  });

  test.each([{ reset: "after" }, { hang: "after" }, { cutReply: true }, { status: 503, after: true }] as const)(
    "a message whose reply is lost (%j) may have been posted: that is not known, and its files stay",
    async (fault) => {
      const { path, place } = chatAt("");
      emulator.fault({ ...fault, on: { kind: "chat" } });
      expect(await failed(post(path, files))).toMatchObject({ code: "uncertain" });
      expect(messages(place)).toHaveLength(1);
      expect(messages(place)[0]!.attachments.every(({ file }) => file !== undefined)).toBe(true);
    },
  );

  test.each([{ reset: "before" }, { hang: true }, { status: 500 }] as const)(
    "a message of which nothing is heard (%j) is not repeated, and its files stay",
    async (fault) => {
      const { path, place } = chatAt("");
      emulator.fault({ ...fault, on: { kind: "chat" } });
      expect(await failed(post(path, files))).toMatchObject({ code: "uncertain" });
      expect(messages(place)).toEqual([]);
      expect(stored()).toHaveLength(2);
      expect(kinds().filter((kind) => kind === "chat")).toHaveLength(1);
    },
  );

  test("a message that has to wait is posted once; one that has to wait for more than ten minutes is not, and leaves no file", async () => {
    const { path, place } = chatAt("");
    const busy = { on: { kind: "chat" }, status: 429, headers: { "Retry-After": "0" } } as const;
    emulator.fault(busy);
    await post(path, [notes]);
    emulator.fault({ ...busy, headers: { "Retry-After": "601" } });
    expect(await failed(post(path, [film]))).toMatchObject({ statusCode: 429 });
    expect(messages(place)).toHaveLength(1);
    expect(stored()).toEqual([[`${folder}/${notes.name}`, sha256(small)]]);
  });

  test("a message that is stopped while it has to wait leaves no file", async () => {
    const { path, place } = chatAt("");
    const stop = new AbortController();
    emulator.fault({ on: { kind: "chat" }, status: 429, headers: { "Retry-After": "60" } });
    const timer = globalThis.setTimeout;
    const waiting = jest.spyOn(globalThis, "setTimeout").mockImplementation(((run: () => void, wait?: number) => {
      if (wait === 60_000) queueMicrotask(() => stop.abort(stopped()));
      return timer(run, wait);
    }) as typeof setTimeout);
    const work = failed(post(path, files, text, { signal: stop.signal })).finally(() => waiting.mockRestore());
    expect(await work).toMatchObject({ code: "AbortError" });
    expect([messages(place), stored()]).toEqual([[], []]);
  });

  test("a file that cannot be deleted again is named, and the others are deleted all the same", async () => {
    const { path } = chatAt("");
    emulator.fault(
      { on: { kind: "chat" }, status: 403 },
      { on: { kind: "remove" }, status: 423, body: { error: { code: "resourceLocked", message: "Open." } } },
    );
    const error = await failed(post(path, files));
    expect(error).toMatchObject({ code: "leftBehind", item: emulator.drive.files()[0]!.id });
    expect(stored()).toEqual([[`${folder}/film.mp4`, sha256(large)]]);
  });

  test("a small file whose reply is lost is not sent twice: that is not known, and nothing is posted", async () => {
    const { path, place } = chatAt("");
    emulator.fault({ on: { kind: "post" }, reset: "after" });
    expect(await failed(post(path, files))).toMatchObject({ code: "uncertain" });
    expect(messages(place)).toEqual([]);
    expect(emulator.drive.files().map(({ name }) => name)).toEqual([notes.name]);
  });

  test("no token goes to the upload host", async () => {
    await post(chatAt("").path, [film]);
    const sent = emulator.requests.filter(({ origin }) => origin === "drive");
    expect(sent.length).toBeGreaterThan(1);
    expect(sent.filter(({ authorized }) => authorized)).toEqual([]);
  });
});
