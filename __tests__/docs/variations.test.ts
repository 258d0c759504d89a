import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../package/run";
import { page, prose } from "./support/markdown";

/** The members of the interfaces that the emulator's variations are made of. */
const variations = (readdirSync(join(root, "src/emulator"), { recursive: true }) as string[])
  .filter((path) => path.endsWith(".ts"))
  .map((path) => readFileSync(join(root, "src/emulator", path), "utf8"))
  .flatMap((text) => [...text.matchAll(/^export interface \w*Variations[^{]*\{\n([^]*?)^\}/gm)])
  .flatMap(([, members]) => [...members!.matchAll(/^ {2}readonly (\w+)/gm)].map(([, name]) => name!));

test.each(["docs/protocols.md", "docs/guides/testing.md"])("%s names only variations that the emulator has", (path) => {
  expect(variations.length).toBeGreaterThan(40);
  const text = prose(page(path));
  const lines =
    text
      .split("\n")
      .join(" ")
      .match(/Variations: .*?\./g) ?? [];
  const rows = text.match(/(?<=\n\| Variation [^]*?)^\| `.*$/gm) ?? [];
  const named = [...lines, ...rows.map((row) => row.split("|")[1]!)].flatMap(
    (part) => part.match(/(?<=`)\w+(?=`)/g) ?? [],
  );
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((name) => !variations.includes(name))).toEqual([]);
});
