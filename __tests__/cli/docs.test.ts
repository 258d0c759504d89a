import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { EXIT } from "../../src/cli/failure";
import { root } from "../package/run";
import { Command } from "./support/command";

let command: Command;
let docs: string;
beforeAll(async () => {
  command = await Command.install();
  docs = await readFile(join(root, "docs/cli.md"), "utf8");
}, 60_000);
afterAll(() => command.remove());

test.each(["send", "attach", "azure-devops", "probe", "sign-out", "emulator"])(
  "docs/cli.md lists every option of %s",
  async (name) => {
    const { stdout } = await command.run([name, "--help"]);
    const options = [...stdout.matchAll(/^ +(?:-\w, )?(--[\w-]+)/gm)].map(([, option]) => option!);
    expect(options.length).toBeGreaterThan(1);
    for (const option of options.filter((option) => option !== "--help"))
      expect(docs).toMatch(new RegExp(`${option}(?![\\w-])`));
  },
);

test("docs/cli.md lists every exit code", () => {
  const rows = [...docs.matchAll(/^\| (\d+) +\|/gm)].map(([, code]) => Number(code));
  expect(rows).toEqual(Object.values(EXIT));
});
