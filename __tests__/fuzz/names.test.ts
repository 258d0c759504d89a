/** File names come from anywhere. The service holds exactly the given name, or the upload is refused with a message. */
import { GraphError } from "@microsoft/microsoft-graph-client";
import { startEmulator, type Emulator } from "../../src/emulator/index.js";
import { LargeAttachmentTask, UploadError, withLargeAttachments } from "../../src/index.js";
import { fileOf, sha256 } from "../support/graph.js";
import { everything, take, type Held, type Subject } from "../support/subjects.js";
import { checkAsync } from "./support/check.js";
import { anyName, hostileNames, toWellFormed } from "./support/names.js";

const bytes = fileOf(25);
const options = { threshold: 10, rangeSize: 20, delay: 1 };
/** The header names that requests may have. */
const usual = /^(?!x-injected)[a-z-]+$/;

let emulator: Emulator;
beforeAll(async () => void (emulator = await startEmulator({ vary: { mailboxRequests: Infinity } })));
afterAll(() => emulator.close());

type Way = (path: string, name: string, subject: Subject) => Promise<unknown>;
const clientFor = (subject: Subject) => withLargeAttachments(subject.client(emulator), options);
const ways: Record<string, Way> = {
  "a session": (path, name, subject) => clientFor(subject).api(path).attach(bytes, { name }),
  "one request": (path, name, subject) => clientFor(subject).api(path).attach(bytes.subarray(0, 9), { name }),
  "a File": (path, name, subject) =>
    clientFor(subject)
      .api(path)
      .attach(new File([bytes], name)),
  "a task": async (path, name, subject) =>
    (await LargeAttachmentTask.create(clientFor(subject), path, bytes, { ...options, name })).upload(),
};

/** Attaches a file under a name, and compares the name that the service holds. */
async function holdName(subject: Subject, way: Way, given: string, name = given): Promise<void> {
  const item = subject.add(emulator);
  const from = emulator.requests.length;
  const before = subject.held(emulator, item).length;
  const failed = await way(item.path, given, subject).then(
    () => undefined,
    (error: unknown) => error,
  );
  const held: Held[] = subject.held(emulator, item).slice(before);
  const requests = emulator.requests.slice(from);
  if (failed) {
    expect(failed instanceof UploadError || failed instanceof GraphError ? "told" : String(failed)).toBe("told");
    expect((failed as Error).message).not.toBe("");
    expect(held).toEqual([]);
  } else {
    expect(held.map((one) => one.name)).toEqual([name]);
    expect([sha256(bytes), sha256(bytes.subarray(0, 9))]).toContain(held[0]!.sha256);
  }
  const inPath = encodeURIComponent(toWellFormed(name));
  for (const { headers, path } of requests) {
    expect(Object.keys(headers).every((header) => usual.test(header))).toBe(true);
    const around = path.split("?")[0]!.replace(inPath, ""); // in one segment, if at all
    expect(around).not.toMatch(/\.\.|other|a\.bin/);
  }
}

/** Those that take files of any name; an event does it as a message does. */
const named = everything.filter(({ lacks, name }) => !lacks.has("names") && name !== "an Outlook event");

describe.each(named)("$name", (subject) => {
  beforeAll(() => take(emulator, subject));
  beforeEach(() => emulator.reset());

  // how a name was given is the same for all; how a service writes it differs in a session and in one request
  const taken = Object.entries(ways).filter(([way]) => /session|request/.test(way) || subject === named[0]);
  describe.each(taken)("by %s", (way, attach) => {
    // a File makes its name well-formed by itself
    const made = (name: string) => (way === "a File" ? toWellFormed(name) : name);

    test("holds exactly the given name, however hostile it is", async () => {
      const wrong: string[] = [];
      for (const name of hostileNames)
        await holdName(subject, attach, name, made(name)).catch((error: unknown) =>
          wrong.push(`${JSON.stringify(name.slice(0, 50))}: ${String(error).split("\n")[0]}`),
        );
      expect(wrong).toEqual([]);
    });
  });

  test("holds any name, or the error says why not", () =>
    checkAsync(anyName, 60, (name) => holdName(subject, ways["a session"]!, name)));

  test.each(["", " ", "\n\t", "\u00a0", "\ufeff"])("refuses an invisible name (%j)", async (name) => {
    const { path } = subject.add(emulator);
    const from = emulator.requests.length;
    for (const way of ["a session", "one request", "a task"])
      await expect(ways[way]!(path, name, subject)).rejects.toMatchObject({ code: "invalid" });
    expect(emulator.requests.length).toBe(from);
  });
});

test("the type, content id and comment of a file never add a header", async () => {
  const evil = "a/b\r\nX-Injected: 1\r\n\r\nc";
  for (const subject of everything) {
    take(emulator, subject);
    const item = subject.add(emulator);
    const from = emulator.requests.length;
    const more = {
      ...subject.about,
      contentType: evil,
      contentId: evil,
      comment: evil,
      conflictBehavior: "replace" as const,
    };
    await clientFor(subject).api(item.path).attach(bytes, more);
    await clientFor(subject).api(item.path).attach(bytes.subarray(0, 9), more);
    for (const { headers } of emulator.requests.slice(from)) {
      expect(headers).not.toHaveProperty("x-injected");
      expect(JSON.stringify(headers)).not.toContain("Injected");
    }
  }
});

test("an area path of Azure DevOps never adds a parameter, and a malformed one is refused with a message", async () => {
  const subject = everything.at(-1)!;
  take(emulator, subject);
  const item = subject.add(emulator);
  const attach = (areaPath: string) => clientFor(subject).api(item.path).attach(bytes, { name: "a", areaPath });
  await attach("x&uploadType=simple&fileName=b#c");
  expect(subject.held(emulator, item).map(({ name }) => name)).toContain("a");
  await expect(attach("\ud800")).rejects.toMatchObject({ name: expect.stringMatching(/UploadError|GraphError/) });
});
