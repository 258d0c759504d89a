/** Who gets access to the files of a message, and what is read before they are uploaded. */
import type { Client, GraphError } from "@microsoft/microsoft-graph-client";
import { startEmulator, type Emulator } from "../../src/emulator/index.js";
import { defaultVariations } from "../../src/emulator/variations.js";
import { withLargeAttachments, type UploadError } from "../../src/index.js";
import { clientOf, fileOf } from "../support/graph.js";

const film = { file: fileOf(5_000_000), name: "film.mp4" };
const notes = { file: fileOf(100), name: "notes.txt" };
const text = { body: { content: "See the files" } };

let emulator: Emulator;
let client: Client;
beforeAll(async () => void (emulator = await startEmulator()));
beforeEach(() => {
  emulator.reset();
  emulator.vary(defaultVariations);
  client = withLargeAttachments(clientOf(emulator), { delay: 1, retries: 2, rangeSize: 8 * 327_680 });
});
afterEach(() => emulator.verifyFaults());
afterAll(() => emulator.close());

const post = (path: string, files = [film, notes]) => client.api(`${path}/messages`).withAttachments(files).post(text);
const failed = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: UploadError & GraphError) => error,
  );
const kinds = () => emulator.requests.map(({ kind }) => kind);
const uploads = () => kinds().filter((kind) => ["create", "range", "post"].includes(kind));
const people = ["adele@contoso.example", "guest@fabrikam.example", "alex@contoso.example", "zoe@fabrikam.example"];

test("members that cannot be read are a refusal before anything is uploaded", async () => {
  const chat = emulator.teams.addChat();
  emulator.fault({ on: { path: /\/members/ }, status: 403, body: { error: { code: "Forbidden", message: "No." } } });
  expect(await failed(post(chat.path))).toMatchObject({ statusCode: 403, code: "Forbidden" });
  expect(uploads()).toEqual([]);
});

test("a channel's folder that never comes says what makes it, before anything is uploaded", async () => {
  emulator.vary({ teamsFolderDelay: 100 });
  const { path } = emulator.teams.addChannel();
  expect(await failed(post(path))).toMatchObject({
    statusCode: 404,
    message: expect.stringMatching(/not ready yet.*\. Open the channel's Files tab once/s),
  });
  expect(uploads()).toEqual([]);
});

describe("people who cannot be invited", () => {
  test.each(["partly", "refuse"] as const)("are named, and nothing is posted or left (%s)", async (driveGuests) => {
    emulator.vary({ driveGuests });
    const chat = emulator.teams.addChat({ members: people });
    const error = await failed(post(chat.path));
    expect(error!.message).toMatch(/guest@fabrikam\.example, zoe@fabrikam\.example/);
    expect(error!.message).toMatch(/film\.mp4/);
    expect(error!.message).not.toMatch(/adele|alex/);
    expect(emulator.teams.messages(chat)).toEqual([]);
    expect(emulator.drive.files()).toEqual([]);
  });

  test("are the only one in the chat: the refusal names them", async () => {
    emulator.vary({ driveGuests: "refuse" });
    const chat = emulator.teams.addChat({ members: ["guest@fabrikam.example"] });
    const error = await failed(post(chat.path, [notes]));
    expect(error).toMatchObject({ statusCode: 400, message: expect.stringContaining("guest@fabrikam.example") });
    expect(kinds().filter((kind) => kind === "share")).toHaveLength(1);
  });

  test("are few among many: the first ones are named", async () => {
    emulator.vary({ driveGuests: "partly" });
    const chat = emulator.teams.addChat({ members: Array.from({ length: 9 }, (_, at) => `g${at}@fabrikam.example`) });
    const error = await failed(post(chat.path, [notes]));
    expect(error!.message).toContain("g4@fabrikam.example and 4 more");
  });
});

test("an invitation that is refused as a whole, but not for anybody alone, is made one by one", async () => {
  const chat = emulator.teams.addChat({ members: people });
  emulator.fault({ on: { kind: "share" }, status: 400, body: { error: { code: "invalidRequest", message: "No." } } });
  await post(chat.path, [notes]);
  expect(emulator.teams.messages(chat)[0]!.attachments[0]!.readers).toHaveLength(4);
});
