import { startEmulator, type Emulator } from "../../src/emulator/index";
import { fileOf, sha256 } from "../support/graph";
import { Command } from "./support/command";

jest.setTimeout(60_000);

const bytes = fileOf(20_000_000);
const small = fileOf(1000);
let emulator: Emulator;
let command: Command;
let env: Record<string, string>;
let path: string;
let smallPath: string;

beforeAll(async () => {
  [emulator, command] = await Promise.all([startEmulator(), Command.install()]);
  env = await command.environment(emulator);
  path = await command.file("report.pdf", bytes);
  smallPath = await command.file("notes.docx", small);
});
beforeEach(() => emulator.reset());
afterAll(() => Promise.all([emulator.close(), command.remove()]));

const lines = (text: string) => text.split("\n").slice(0, -1);

describe("in a pipe", () => {
  test("progress is a few lines on standard error, and only the result is on standard output", async () => {
    const message = emulator.addMessage();
    const { code, stdout, stderr } = await command.run(["attach", message.path, path], env);
    const [attachment] = emulator.attachments(message);
    expect(code).toBe(0);
    expect(stdout).toBe(`Attached report.pdf (20.0 MB), id ${attachment!.id}\n`);
    expect(lines(stderr)).toEqual(
      ["3.9", "7.9", "11.8", "15.7", "19.7", "20.0"].map((loaded) => `report.pdf: ${loaded} MB of 20.0 MB`),
    );
    expect(attachment).toMatchObject({ contentType: "application/pdf", sha256: sha256(bytes), via: "session" });
  });

  test("--json prints one document, and --quiet prints errors only", async () => {
    const message = emulator.addMessage();
    const { stdout, stderr } = await command.run(["attach", message.path, path, smallPath, "--json", "--quiet"], env);
    const [first, second] = emulator.attachments(message);
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toEqual({
      ok: true,
      attached: [
        { name: "report.pdf", size: 20_000_000, id: first!.id },
        { name: "notes.docx", size: 1000, id: second!.id },
      ],
    });
    expect(second!.contentType).toBe("application/vnd.openxmlformats-officedocument.wordprocessingml.document");
    expect(await command.run(["attach", message.path, smallPath, "--quiet"], env)).toEqual({
      code: 0,
      stdout: "",
      stderr: "",
    });
  });

  test("standard input is attached under the given name and size", async () => {
    const message = emulator.addMessage();
    const size = String(bytes.length);
    const args = ["attach", message.path, "-", "--name", "piped.bin", "--size", size, "--content-type", "text/x-mine"];
    expect(await command.run(args, env, bytes)).toMatchObject({ code: 0 });
    expect(emulator.attachments(message)).toMatchObject([
      { name: "piped.bin", contentType: "text/x-mine", sha256: sha256(bytes) },
    ]);
  });

  test("a full URL works like its path, with any version", async () => {
    const event = emulator.addEvent();
    const url = new URL(`/beta${event.path}`, emulator.graphUrl).href;
    expect(await command.run(["attach", url, smallPath], env)).toMatchObject({ code: 0 });
    expect(emulator.attachments(event)).toMatchObject([{ sha256: sha256(small) }]);
  });

  test("--ca trusts a certificate authority that Node does not know", async () => {
    const message = emulator.addMessage();
    const { NODE_EXTRA_CA_CERTS, ...rest } = env;
    const { code, stderr } = await command.run(["attach", message.path, smallPath], rest);
    expect({ code, stderr }).toMatchObject({ code: 3, stderr: expect.stringMatching(/is not trusted.*\n.*--ca/) });
    const args = ["attach", message.path, smallPath, "--ca", NODE_EXTRA_CA_CERTS!];
    expect(await command.run(args, rest)).toMatchObject({ code: 0 });
  });
});

describe("send", () => {
  test("sends large and small files to several recipients, with a text from a file", async () => {
    const body = await command.file("body.html", Buffer.from("<p>Grüße</p>"));
    const to = ["--to", "Adele Vance <adele@contoso.example>,alex@contoso.example"];
    const others = ["--cc", "megan@contoso.example", "--bcc", "lee@contoso.example"];
    const text = ["--subject", "The report", "--body-file", body, "--html"];
    const { code, stdout } = await command.run(["send", ...to, ...others, ...text, path, smallPath], env);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout:
        'Sent "The report" to Adele Vance <adele@contoso.example>,alex@contoso.example, megan@contoso.example, ' +
        "lee@contoso.example, with report.pdf (20.0 MB), notes.docx (1.0 kB)\n",
    });
    expect(emulator.mailbox.outbox()).toMatchObject([
      {
        subject: "The report",
        body: "<p>Grüße</p>",
        recipients: ["adele@contoso.example", "alex@contoso.example", "megan@contoso.example", "lee@contoso.example"],
      },
    ]);
    const [sent] = emulator.mailbox.outbox();
    expect(new Set(sent!.attachments.map((one) => one.sha256))).toEqual(new Set([sha256(bytes), sha256(small)]));
  });

  test("sends as another user with --user", async () => {
    const user = "megan@contoso.example";
    const args = ["send", "--to", "adele@contoso.example", "--user", user, "--body", "Hi", smallPath, "--json"];
    const { code, stdout } = await command.run(args, env);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      ok: true,
      sent: { subject: "", recipients: ["adele@contoso.example"], files: [{ name: "notes.docx", size: 1000 }] },
    });
    expect(emulator.requests.map((entry) => entry.path)).toContain(`/v1.0/users/${encodeURIComponent(user)}/sendMail`);
  });
});

describe("azure-devops", () => {
  const linked = () => emulator.azureDevOps.attachments().map((blob) => [blob.fileName, blob.sha256, blob.linkedTo]);

  test("uploads files and links them with a comment", async () => {
    const { id } = emulator.azureDevOps.addWorkItem();
    const args = ["azure-devops", `MyProject/${id}`, path, smallPath, "--comment", "From the line"];
    const { code, stdout } = await command.run(args, env);
    expect(code).toBe(0);
    expect(lines(stdout)).toEqual([
      expect.stringMatching(/^Attached report\.pdf \(20\.0 MB\), id [\da-f-]{36}$/),
      expect.stringMatching(/^Attached notes\.docx \(1\.0 kB\), id [\da-f-]{36}$/),
    ]);
    expect(linked()).toEqual([
      ["report.pdf", sha256(bytes), [id]],
      ["notes.docx", sha256(small), [id]],
    ]);
    const { relations } = emulator.azureDevOps.workItem(id);
    expect(relations.map(({ attributes }) => attributes["comment"])).toEqual(["From the line", "From the line"]);
  });

  test("takes the URL that the browser shows, and a bearer token", async () => {
    const { id } = emulator.azureDevOps.addWorkItem();
    const { AZURE_DEVOPS_PAT: _, ...rest } = env;
    const url = `${env["AZURE_DEVOPS_ORGANIZATION"]}/MyProject/_workitems/edit/${id}`;
    const signedIn = { ...rest, AZURE_DEVOPS_TOKEN: emulator.azureDevOps.bearer };
    expect(await command.run(["azure-devops", url, smallPath], signedIn)).toMatchObject({ code: 0 });
    expect(linked()).toEqual([["notes.docx", sha256(small), [id]]]);
  });
});
