import { DEFAULT_THRESHOLD } from "../../src/options";
import { azureDevOps } from "../../src/protocols/azureDevOps";
import { drive } from "../../src/protocols/drive";
import { outlook } from "../../src/protocols/outlook";
import { print } from "../../src/protocols/print";
import { todo } from "../../src/protocols/todo";
import { DEFAULT_RANGE_SIZE } from "../../src/range";
import type { Finished } from "../package/run";
import { page } from "../docs/support/markdown";
import { programAt, promised, runProgram, unmet } from "../docs/support/programs";

/** The blocks of README.md are one program, which runs here. Its types: __tests__/docs/blocks.test.ts. */
const { blocks, text: readme } = page("README.md");
const program = programAt("README.md");

test("the README has one block for each way to attach, and every block of code is run", () => {
  expect(blocks.filter(({ language }) => language === "ts")).toHaveLength(9);
  expect(blocks.filter(({ language }) => language !== "ts")).toMatchObject([{ language: "sh" }]); // the installation
  expect(readme.match(/^```/gm)).toHaveLength(2 * blocks.length);
});

test("the sizes in the README are those of the protocols", () => {
  const row = (name: string) => readme.split("\n").find((line) => line.startsWith(`| \`${name}\``))!;
  const bytes = (count: number) => count.toLocaleString("en-US");
  const mebibytes = (count: number) => `${count / 1_048_576} MiB`;
  expect(row("threshold")).toContain(bytes(DEFAULT_THRESHOLD));
  expect(row("threshold")).toContain(`drives ${bytes(drive.post!.threshold!)}`);
  expect(row("rangeSize")).toContain(bytes(DEFAULT_RANGE_SIZE));
  expect(row("rangeSize")).toContain(bytes(outlook.session.limits.range));
  expect(row("rangeSize")).toContain(`Azure DevOps: ${mebibytes(azureDevOps.session.rangeSize)}`);
  expect(row("rangeSize")).toContain(`drives: ${mebibytes(drive.session.rangeSize)}`);
  expect(row("rangeSize")).toContain(`print: ${mebibytes(print.session.rangeSize)}`);
  const services = "https://dev.azure.com/fabrikam/_apis/wit/attachments";
  for (const limit of [outlook, todo, azureDevOps].map(({ target }) => target.fileLimit(services))) {
    expect(readme).toContain(`(${bytes(limit)}`);
  }
});

describe("the README, run as written,", () => {
  let finished: Finished;
  beforeAll(async () => (finished = await runProgram(program)), 120_000);

  test("succeeds", () => {
    expect(finished).toMatchObject({ code: 0, stderr: "" });
  });

  test("prints what the comments after console.log say", () => {
    expect(promised(program).length).toBeGreaterThan(6);
    expect(unmet(program, finished.stdout)).toEqual([]);
  });

  test("attaches by an existing POST, by attach and through a custom chain, and shows the progress", () => {
    expect(finished.stdout).toMatch(/^report\.pdf 10000000$/m);
    expect(finished.stdout).toMatch(/^report\.pdf application\/pdf$/m);
    expect(finished.stdout).toMatch(
      /^3932160 of 10000000 bytes\n7864320 of 10000000 bytes\n10000000 of 10000000 bytes$/m,
    );
    expect(finished.stdout).toMatch(/^3932160\n7864320\n10000000$/m);
  });

  test("attaches a link, posts to a chat, uploads to a drive", () => {
    expect(finished.stdout).toMatch(/^https:\/\/contoso-my\.sharepoint\.com\/:u:\/g\/\S+$/m);
    expect(finished.stdout).toMatch(/^https:\/\/\S+\/Microsoft%20Teams%20Chat%20Files\/report\.pdf$/m);
    expect(finished.stdout.match(/^report\.pdf 10000000$/gm)).toHaveLength(2); // the other is of the POST
  });

  test("stops a task and resumes it at the offset in its comment", () => {
    expect(finished.stdout).toMatch(/^AbortError$/m);
    const shown = /\{ offset: \d+/.exec(readme)?.[0];
    expect(shown).toBeDefined();
    expect(finished.stdout).toContain(shown);
  });
});
