import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root, runTs, tsc, type Finished } from "../package/run";

/** The blocks of README.md, unchanged and in order, as the one program that they are said to be. */
const folder = join(root, "temp/readme");
let readme: string;
let blocks: string[];

beforeAll(async () => {
  readme = await readFile(join(root, "README.md"), "utf8");
  blocks = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, block]) => block!);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "readme.mts"), blocks.join("\n"));
  const project = { extends: "../../tsconfig.json", include: ["readme.mts", "../../samples"] };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(project));
});

test("the README shows one block for each way in, and every block of code is one of those that are run", () => {
  expect(blocks).toHaveLength(11);
  expect(readme.match(/^```/gm)).toHaveLength(2 * (blocks.length + 1)); // and one for the installation
});

test("what the README and the samples show compiles as written, so that it can be copied", async () => {
  const { stdout, code } = await tsc("-p", folder);
  expect(stdout).toBe("");
  expect(code).toBe(0);
}, 120_000);

describe("the README, run as written,", () => {
  let finished: Finished;
  beforeAll(async () => (finished = await runTs(join(folder, "readme.mts"))), 120_000);

  test("ends well", () => {
    expect(finished).toMatchObject({ code: 0, stderr: "" });
  });

  test("attaches by an existing POST, by attach and through a chain of one's own, with the progress that it shows", () => {
    expect(finished.stdout).toMatch(/^AAMk\S+ 10000000$/m);
    expect(finished.stdout).toMatch(/^AAMk\S+ report\.pdf$/m);
    expect(finished.stdout).toMatch(
      /^3932160 of 10000000 bytes\n7864320 of 10000000 bytes\n10000000 of 10000000 bytes$/m,
    );
    expect(finished.stdout).toMatch(/^3932160\n7864320\n10000000$/m);
  });

  test("attaches a link, posts to a chat, uploads to a drive and a print document", () => {
    expect(finished.stdout).toMatch(/^https:\/\/contoso-my\.sharepoint\.com\/:u:\/g\/\S+$/m);
    expect(finished.stdout).toMatch(/^https:\/\/\S+\/Microsoft%20Teams%20Chat%20Files\/report\.pdf$/m);
    expect(finished.stdout).toMatch(/^01\S+ 10000000$/m);
    expect(finished.stdout).toMatch(/^report\.pdf$/m);
  });

  test("stops a task, and goes on at the offset that its comment says", () => {
    expect(finished.stdout).toMatch(/^AbortError$/m);
    const shown = /\{ offset: \d+/.exec(readme)?.[0];
    expect(shown).toBeDefined();
    expect(finished.stdout).toContain(shown);
  });

  test("has its example of a user's own test pass", () => {
    expect(finished.stdout).toMatch(/pass 1\b/);
    expect(finished.stdout).toMatch(/fail 0\b/);
  });
});
