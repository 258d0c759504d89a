import { DEFAULT_THRESHOLD } from "../../src/settings";
import { azureDevOps } from "../../src/protocols/azureDevOps";
import { drive } from "../../src/protocols/drive";
import { outlook } from "../../src/protocols/outlook";
import { print } from "../../src/protocols/print";
import { todo } from "../../src/protocols/todo";
import { DEFAULT_RANGE_SIZE } from "../../src/range";
import { page } from "../docs/support/markdown";
import { install, runProgram, unmet, type Program } from "../docs/support/programs";

/** README.md. Its JavaScript is run with that of all pages: __tests__/docs/blocks.test.ts. */
const { blocks, text: readme } = page("README.md");
const ofLanguage = (wanted: string) => blocks.filter(({ language }) => language === wanted).map(({ text }) => text);

test("the README shows one diff, one program, three recipes and two commands, in about 100 lines", () => {
  expect(readme.trimEnd().split("\n").length).toBeLessThanOrEqual(120);
  expect(blocks.map(({ language }) => language)).toEqual(["diff", "sh", "js", "js", "sh"]);
  const recipes = blocks[3]!.text.split("\n").filter((line) => line.startsWith("// ") && !/console\.log/.test(line));
  expect(recipes).toHaveLength(3);
  expect(blocks.map(({ file }) => file).filter((file) => file !== "")).toEqual(["try.mjs"]);
});

const bytes = (count: number) => count.toLocaleString("en-US");
const megabytes = (count: number) => `${Math.floor(count / 1_048_576)} MB`;
const mebibytes = (count: number) => `${count / 1_048_576} MiB`;
const row = (text: string, start: string) => text.split("\n").find((line) => line.startsWith(`| ${start}`))!;

test("the sizes that the README names are those of the protocols", () => {
  const services = "https://dev.azure.com/fabrikam/_apis/wit/attachments";
  expect(row(readme, "a draft")).toContain(megabytes(outlook.target.fileLimit("")));
  expect(row(readme, "an event")).toContain(megabytes(outlook.target.fileLimit("")));
  expect(row(readme, "a To Do task")).toContain(megabytes(todo.target.fileLimit("")));
  expect(row(readme, "a work item")).toContain(megabytes(azureDevOps.target.fileLimit(services)));
});

test("the defaults that docs/options.md names are those of the protocols", () => {
  const { text } = page("docs/options.md");
  expect(row(text, "`threshold`")).toContain(bytes(DEFAULT_THRESHOLD));
  expect(row(text, "`threshold`")).toContain(`drives ${bytes(drive.post!.threshold!)}`);
  expect(row(text, "`rangeSize`")).toContain(bytes(DEFAULT_RANGE_SIZE));
  expect(row(text, "`rangeSize`")).toContain(bytes(outlook.session.limits.range));
  expect(row(text, "`rangeSize`")).toContain(`Azure DevOps: ${mebibytes(azureDevOps.session.rangeSize)}`);
  expect(row(text, "`rangeSize`")).toContain(`drives: ${mebibytes(drive.session.rangeSize)}`);
  expect(row(text, "`rangeSize`")).toContain(`print: ${mebibytes(print.session.rangeSize)}`);
});

describe("the diff of the reader's own sendMail", () => {
  /** Names that the reader has already. Requests for Microsoft Graph go to the emulator. */
  const around = (code: string) => `
import { Client } from "@microsoft/microsoft-graph-client";
import { startEmulator } from "graph-large-attachments/emulator";
const emulator = await startEmulator();
const { fetchOptions } = emulator.clientOptions;
const real = fetch;
globalThis.fetch = (url, init) =>
  real(String(url).replace("https://graph.microsoft.com/", emulator.graphUrl), { ...init, ...fetchOptions });
const authProvider = { getAccessToken: async () => emulator.token };
const contentBytes = Buffer.alloc(20_000_000).toString("base64");
const toRecipients = [{ emailAddress: { address: "adele@contoso.com" } }];
try {
${code.replace(/^import .*$/gm, "")}
} catch (error) {
  console.log(error.statusCode);
}
for (const { attachments } of emulator.mailbox.outbox()) console.log("sent", attachments[0].bytes.length);
await emulator.close();`;
  const lines = ofLanguage("diff")[0]!.split("\n");
  const side = (sign: "+" | "-") =>
    lines
      .filter((line) => line.startsWith(" ") || line.startsWith(sign))
      .map((line) => line.slice(1))
      .join("\n");
  const program = (name: string, sign: "+" | "-"): Program => {
    const imports = /^import .*$/gm.exec(side(sign))?.[0] ?? "";
    return { page: "README.md", name, code: `${imports}\n${around(side(sign))}` };
  };
  beforeAll(install, 60_000);

  test("is refused with 413 before", async () => {
    expect(await runProgram(program("before", "-"))).toEqual({ code: 0, stdout: "413\n", stderr: "" });
  }, 60_000);

  test("is sent after", async () => {
    expect(await runProgram(program("after", "+"))).toEqual({ code: 0, stdout: "sent 20000000\n", stderr: "" });
  }, 60_000);

  test("says what happens on each side", () => {
    expect(lines.filter((line) => line.startsWith("-"))).toEqual([expect.stringContaining("413")]);
  });
});

test("a promise that is not kept is noticed", () => {
  const program = { page: "", name: "", code: 'console.log("a"); // b\nconsole.log(1);\n// 1\n' };
  expect(unmet(program, "a\n1\n")).toEqual(["b"]);
  expect(unmet(program, "b\n2\n")).toEqual(["1"]);
});
