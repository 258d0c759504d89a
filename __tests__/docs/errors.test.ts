import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../package/run";
import { page, prose } from "./support/markdown";

const source = (path: string) => readFileSync(join(root, "src", path), "utf8");
const sources = (readdirSync(join(root, "src"), { recursive: true }) as string[])
  .filter((path) => path.endsWith(".ts"))
  .map(source)
  .join("\n");
const text = prose(page("docs/errors.md"));

/** The text below each heading of a chapter. */
function sections(chapter: string): Map<string, string> {
  const [, chosen] = new RegExp(`^## ${chapter}.*?\n([^]*?)(?=^## |$(?![^]))`, "m").exec(text)!;
  const parts = chosen!.split(/^### /m).slice(1);
  return new Map(parts.map((part) => [part.split("\n")[0]!.replaceAll("`", ""), part] as const));
}

const chapters = ["By code", "By status", "By symptom"].map(sections) as [
  Map<string, string>,
  Map<string, string>,
  Map<string, string>,
];
const [byCode, byStatus, bySymptom] = chapters;

test("every error code has a section, and every section describes an existing code", () => {
  const [, union] = /^export type UploadErrorCode =\n([^]*?);/m.exec(source("errors.ts"))!;
  const codes = [...union!.matchAll(/"(\w+)"/g)].map(([, code]) => code!);
  expect(codes).toContain("uncertain");
  expect([...byCode.keys()].sort()).toEqual(codes.sort());
});

test("every section has a cause and a remedy", () => {
  const all = chapters.flatMap((chapter) => [...chapter]);
  expect(all.length).toBeGreaterThan(30);
  for (const [heading, section] of all) {
    expect({ heading, causes: section.match(/^\*\*Cause\.\*\* ./gm)?.length }).toEqual({ heading, causes: 1 });
    expect({ heading, remedies: section.match(/^\*\*Remedy\.\*\* ./gm)?.length }).toEqual({ heading, remedies: 1 });
  }
});

test("every status that is retried or ends an upload has a section", () => {
  const listed = new Set([...byStatus.keys()].flatMap((heading) => heading.split(", ")));
  const [, passing] = /^const PASSING = new Set\(\[(.*)\]\)/m.exec(sources)!;
  const retried = passing!.split(", ").filter((status) => status !== "408"); // never the last word of a service
  expect(retried).toContain("503");
  for (const status of [...retried, "401", "403", "404", "409", "410", "412", "413", "423", "429", "507"]) {
    expect({ status, listed: listed.has(status) }).toEqual({ status, listed: true });
  }
});

test("every error code of a service that is named is one that the project knows", () => {
  const named = [
    ...[...byStatus.values(), ...bySymptom.values()]
      .join("\n")
      .matchAll(/`(Error[A-Z]\w+|Invalid\w+|\w+Throttled|nameAlreadyExists)`/g),
  ];
  expect(named.length).toBeGreaterThan(5);
  for (const [, code] of named) expect({ code, known: sources.includes(code!) }).toEqual({ code, known: true });
});

test("every code and status is linked from the first screen", () => {
  const screen = text.slice(0, text.indexOf("\n## "));
  for (const heading of [...byCode.keys(), ...byStatus.keys()]) expect(screen).toContain(heading);
});
