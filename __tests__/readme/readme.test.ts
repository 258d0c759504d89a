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

/** README.md, whose blocks are the one program that they are said to be; their types: __tests__/docs/blocks.test.ts. */
const { blocks, text: readme } = page("README.md");
const program = programAt("README.md");

test("the README shows one block for each way in, and every block of code is one of those that are run", () => {
  expect(blocks.filter(({ language }) => language === "ts")).toHaveLength(9);
  expect(blocks.filter(({ language }) => language !== "ts")).toMatchObject([{ language: "sh" }]); // the installation
  expect(readme.match(/^```/gm)).toHaveLength(2 * blocks.length);
});

test("the sizes that the README names are those of the protocols", () => {
  const row = (name: string) => readme.split("\n").find((line) => line.startsWith(`| \`${name}\``))!;
  const bytes = (count: number) => count.toLocaleString("en-US");
  const mebibytes = (count: number) => `${count / 1_048_576} MiB`;
  expect(row("threshold")).toContain(bytes(DEFAULT_THRESHOLD));
  expect(row("threshold")).toContain(`drives ${bytes(drive.threshold!({ name: "a", size: 1 }))}`);
  expect(row("rangeSize")).toContain(bytes(DEFAULT_RANGE_SIZE));
  expect(row("rangeSize")).toContain(bytes(outlook.limits.range));
  expect(row("rangeSize")).toContain(`Azure DevOps: ${mebibytes(azureDevOps.rangeSize)}`);
  expect(row("rangeSize")).toContain(`drives: ${mebibytes(drive.rangeSize)}`);
  expect(row("rangeSize")).toContain(`print: ${mebibytes(print.rangeSize)}`);
  const services = "https://dev.azure.com/fabrikam/_apis/wit/attachments";
  for (const limit of [outlook.fileLimit(""), todo.fileLimit(""), azureDevOps.fileLimit(services)]) {
    expect(readme).toContain(`(${bytes(limit)}`);
  }
});

describe("the README, run as written,", () => {
  let finished: Finished;
  beforeAll(async () => (finished = await runProgram(program)), 120_000);

  test("ends well", () => {
    expect(finished).toMatchObject({ code: 0, stderr: "" });
  });

  test("prints what the comments behind its console.log say", () => {
    expect(promised(program).length).toBeGreaterThan(6);
    expect(unmet(program, finished.stdout)).toEqual([]);
  });

  test("attaches by an existing POST, by attach and through a chain of one's own, with the progress that it shows", () => {
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

  test("stops a task, and goes on at the offset that its comment says", () => {
    expect(finished.stdout).toMatch(/^AbortError$/m);
    const shown = /\{ offset: \d+/.exec(readme)?.[0];
    expect(shown).toBeDefined();
    expect(finished.stdout).toContain(shown);
  });
});
