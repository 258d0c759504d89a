import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator, type Emulator } from "../../src/emulator/index.js";
import { root, run, runTs } from "../package/run";
import { sha256 } from "../support/graph";

jest.setTimeout(120_000);

let folder: string;
let path: string;
const file = randomBytes(9_000_000);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "samples-"));
  path = join(folder, "video.mp4");
  await writeFile(path, file);
});

afterAll(() => rm(folder, { recursive: true }));

const lines = (text: string, pattern: RegExp) => text.split("\n").filter((line) => pattern.test(line));

describe("npm start", () => {
  test("attaches 100 MB of Node to a draft and 20 MB to a task, and both arrive unchanged", async () => {
    const { code, stdout, stderr } = await run("npm", ["start", "--silent"]);
    expect({ code, stderr: lines(stderr, /^(?!npm warn|$)/) }).toEqual({ code: 0, stderr: [] });
    expect(stdout).toContain("Attaching on the emulator.");
    expect(lines(stdout, /^They agree/)).toHaveLength(2);
    expect(stdout).toContain("#microsoft.graph.fileAttachment");
    expect(stdout).toContain("#microsoft.graph.taskFileAttachment");
  });

  test("shows progress in plain lines if there is no terminal", async () => {
    const { stdout } = await run("npm", ["start", "--silent", "--", path]);
    const shown = lines(stdout, /^draft message: \d+ of 9000000 bytes$/);
    expect(shown.length).toBeGreaterThan(1);
    expect(shown.at(-1)).toBe("draft message: 9000000 of 9000000 bytes");
    expect(stdout).toContain(`SHA-256 of the attachment  ${sha256(file)}`);
  });
});

describe("samples/attach/main.ts", () => {
  const sample = "samples/attach/main.ts";

  test("reports a wrong path in one line and fails", async () => {
    expect(await runTs(sample, ["no such file"])).toEqual({
      code: 1,
      stdout: "",
      stderr: "There is no file at no such file.\n",
    });
    expect(await runTs(sample, [folder])).toEqual({ code: 1, stdout: "", stderr: `There is no file at ${folder}.\n` });
  });

  test("reports in one line that a file is too large", async () => {
    const large = join(folder, "large");
    await writeFile(large, "");
    await truncate(large, 200 * 1_048_576);
    const { code, stderr } = await runTs(sample, [large]);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^large has 210 MB; Outlook takes up to 157 MB\. attach\(file, \{ overflow: "link" \}\) .*\n$/,
    );
  });
});

describe("samples/attach/main.ts with a token for the real Graph", () => {
  let emulator: Emulator;
  let env: NodeJS.ProcessEnv;
  let task: string;

  beforeEach(async () => {
    emulator = await startEmulator();
    task = emulator.addTask().path;
    const certificate = join(folder, "ca.pem");
    await writeFile(certificate, emulator.ca);
    env = {
      GRAPH_ACCESS_TOKEN: emulator.token,
      EMULATOR: emulator.graphUrl,
      TASK: task,
      NODE_EXTRA_CA_CERTS: certificate,
    };
  });

  afterEach(() => emulator.close());

  const start = (...args: string[]) => {
    const imports = ["tsx", join(root, "__tests__/readme/graphAtEmulator.mjs")].flatMap((module) => [
      "--import",
      module,
    ]);
    return run(process.execPath, [...imports, "samples/attach/main.ts", path, ...args], env);
  };
  const removed = () =>
    emulator.requests
      .filter(({ kind, method }) => ["item", "discard"].includes(kind) && method === "DELETE")
      .map((entry) => entry.path);

  test("attaches to a draft and a task of its own, and deletes both", async () => {
    const { code, stdout, stderr } = await start();
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("Attaching on Microsoft Graph.");
    expect(lines(stdout, /^They agree/)).toHaveLength(2);
    expect(emulator.sessions.map(({ item, state }) => [state, item.path.split("/")[2]])).toEqual([
      ["complete", "messages"],
      ["complete", "todo"],
    ]);
    expect(removed()).toEqual([`/v1.0${emulator.sessions[0]!.item.path}`, `/v1.0${task}`]);
  });

  test("keeps both with --keep, and the draft holds the file", async () => {
    expect(await start("--keep")).toMatchObject({ code: 0 });
    expect(removed()).toEqual([]);
    expect(emulator.attachments(emulator.sessions[0]!.item)).toMatchObject([
      { name: "video.mp4", sha256: sha256(file) },
    ]);
  });

  test("deletes the draft if the upload fails, and reports why it failed", async () => {
    const error = { code: "ErrorAccessDenied", message: "Access is denied." };
    emulator.fault({ on: { kind: "create" }, status: 403, body: { error } });
    const { code, stderr } = await start();
    expect(code).toBe(1);
    expect(stderr).toMatch(/^Access is denied\. This may need the permission .*\n$/);
    expect(removed()).toHaveLength(1);
    emulator.verifyFaults();
  });
});

test("samples/handler/main.ts posts through its own chain, and the upload uses a session", async () => {
  const { code, stdout, stderr } = await runTs("samples/handler/main.ts");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain("10000000 of 10000000 bytes");
  expect(stdout).toContain("It went by session.");
});

test("samples/task/main.ts stops in the middle and resumes from there", async () => {
  const { code, stdout, stderr } = await runTs("samples/task/main.ts");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain("Stopped: AbortError\nThe service has 11796480 of 20000000 bytes.\n15728640 bytes\n");
  expect(stdout).toMatch(/\n20000000 bytes\n/);
});

test("samples/azure-devops/main.ts attaches a file to a work item, and it arrives unchanged", async () => {
  const { code, stdout, stderr } = await runTs("samples/azure-devops/main.ts", [path]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain(`SHA-256 of the attachment  ${sha256(file)}`);
  expect(stdout).toContain("They agree.");
});

test("samples/send-mail/main.ts sends a file and an inline image in one call, and shows what has arrived", async () => {
  const { code, stdout, stderr } = await runTs("samples/send-mail/main.ts", [path]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain("In Sent Items: video.mp4, attached\n");
  expect(stdout).toContain(`video.mp4, 9000000 bytes, SHA-256 ${sha256(file)}\n`);
  expect(stdout).toMatch(/dot\.gif, \d+ bytes, inline, SHA-256/);
});

test("samples/nodemailer/main.ts sends what nodemailer composes, and a large file with it", async () => {
  const { code, stdout, stderr } = await runTs("samples/nodemailer/main.ts", [path]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/^Sent <.*> to me@example\.com\.$/m);
  expect(stdout).toMatch(/dot\.gif, \d+ bytes, inline, SHA-256/);
  expect(stdout).toContain(`video.mp4, 9000000 bytes, SHA-256 ${sha256(file)}\n`);
});

test("samples/onedrive/main.ts uploads to a path, and attaches a link to a file over the limit", async () => {
  const { code, stdout, stderr } = await runTs("samples/onedrive/main.ts", [path]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain("OneDrive: 9000000 of 9000000 bytes\n");
  expect(stdout).toContain("On the emulator: Videos/video.mp4, 9000000 bytes.\n");
  expect(stdout).toContain("draft: 9000000 of 9000000 bytes\n");
  expect(stdout).toMatch(/^Shared as https:\/\/\S+$/m);
  expect(stdout).toContain("In the text of the draft: a link to it.\n");
});

test("samples/teams/main.ts posts the file to a chat and a channel, and stores it where Teams itself does", async () => {
  const { code, stdout, stderr } = await runTs("samples/teams/main.ts", [path]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(lines(stdout, /^(chat|channel): 9000000 of 9000000 bytes$/)).toHaveLength(2);
  expect(lines(stdout, /^In the (chat|channel): video\.mp4, at https:\/\/\S+\/video\.mp4$/)).toHaveLength(2);
  expect(stdout).toContain(`/Microsoft Teams Chat Files/video.mp4, SHA-256 ${sha256(file)}\n`);
  expect(stdout).toContain(`/General/video.mp4, SHA-256 ${sha256(file)}\n`);
});

test("samples/teams/main.ts with a token reports what else it needs", async () => {
  const { code, stderr } = await run(process.execPath, ["--import", "tsx", "samples/teams/main.ts", path], {
    GRAPH_ACCESS_TOKEN: "x",
  });
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: "Give the URLs too: CHAT=/chats/… CHANNEL=/teams/…/channels/…\n",
  });
});

test("every sample is run here", async () => {
  const samples = (await readdir(join(root, "samples"), { recursive: true })).filter((name) =>
    name.endsWith("main.ts"),
  );
  const files = ["readme/samples.test.ts", "workers/sample.workers.ts"];
  const tests = (await Promise.all(files.map((file) => readFile(join(root, "__tests__", file), "utf8")))).join("");
  expect(samples.length).toBeGreaterThan(5);
  expect(samples.filter((name) => !tests.includes(`"samples/${name}"`))).toEqual([]);
});
