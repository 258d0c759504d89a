import { createHash } from "node:crypto";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { root } from "../package/run";

const read = (path: string, folder = root) => readFile(join(folder, path), "utf8");
const hashOf = (text: string) => createHash("sha256").update(text.replaceAll("\r\n", "\n")).digest("hex");

/** The parts of a changelog and their headings, newest first. */
function parts(changelog: string): { readonly heading: string; readonly text: string }[] {
  const [, ...all] = changelog.split(/^## /m);
  return all.map((part) => ({ heading: part.split("\n")[0]!, text: part }));
}

describe("CHANGELOG.md", () => {
  test("has a line if the public surface has changed since the last release", async () => {
    const all = parts(await read("CHANGELOG.md"));
    const released = all.find(({ heading }) => heading !== "Unreleased")!;
    const [, hash] = /<!-- API\.md ([0-9a-f]{64}) -->/.exec(released.text)!;
    const unchanged = hash === hashOf(await read("API.md"));
    const unreleased = all.find(({ heading }) => heading === "Unreleased")?.text ?? "";
    expect({ unchanged, told: /^- /m.test(unreleased) }).not.toEqual({ unchanged: false, told: false });
  });

  test("has the version of the package as its last release, and every line below a kind", async () => {
    const all = parts(await read("CHANGELOG.md"));
    const { version } = JSON.parse(await read("package.json"));
    expect(all.map(({ heading }) => heading).filter((heading) => heading !== "Unreleased")[0]).toBe(version);
    for (const { text } of all.filter(({ heading }) => heading === "Unreleased")) {
      const kinds = [...text.matchAll(/^### (.*)$/gm)].map(([, kind]) => kind!);
      expect(kinds).toEqual(["Major", "Minor", "Patch"].filter((kind) => kinds.includes(kind)));
      expect(text.split(/^### /m)[0]).not.toMatch(/^- /m);
    }
  });
});

describe("scripts/release.mjs", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "release-"));
    for (const name of ["package.json", "package-lock.json", "API.md"]) await cp(join(root, name), join(folder, name));
    const manifest = JSON.parse(await read("package.json", folder));
    await writeFile(join(folder, "package.json"), JSON.stringify({ ...manifest, version: "1.2.3" }));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const release = async (changelog: string, ...args: string[]) => {
    await writeFile(join(folder, "CHANGELOG.md"), changelog);
    return promisify(execFile)(process.execPath, [join(root, "scripts/release.mjs"), ...args], { cwd: folder });
  };
  const written =
    "# Changelog\n\n## Unreleased\n\n### Minor\n\n- New: $& and `code`.\n\n### Patch\n\n- Right.\n\n## 1.2.3\n\n- Old.\n";

  test("prints the version that the kinds of the changes require", async () => {
    const kinds: [string, string][] = [
      ["Major", "2.0.0"],
      ["Minor", "1.3.0"],
      ["Patch", "1.2.4"],
    ];
    for (const [kind, version] of kinds) {
      const { stdout } = await release(`# Changelog\n\n## Unreleased\n\n### ${kind}\n\n- This.\n`, "--preview");
      expect(stdout).toContain(`1.2.3 -> ${version}\n`);
    }
    expect(JSON.parse(await read("package.json", folder)).version).toBe("1.2.3");
  });

  test("writes the version and the hash of the public surface, and keeps the text", async () => {
    await release(written);
    expect(JSON.parse(await read("package.json", folder)).version).toBe("1.3.0");
    const lock = JSON.parse(await read("package-lock.json", folder));
    expect([lock.version, lock.packages[""].version]).toEqual(["1.3.0", "1.3.0"]);
    const heading = `## 1.3.0\n\n<!-- API.md ${hashOf(await read("API.md", folder))} -->\n`;
    expect(await read("CHANGELOG.md", folder)).toBe(written.replace("## Unreleased\n", () => heading));
  });

  test("refuses a release without changes", async () => {
    await expect(release("# Changelog\n\n## Unreleased\n\n## 1.2.3\n")).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining("nothing to release"),
    });
  });
});
