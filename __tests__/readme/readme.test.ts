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
