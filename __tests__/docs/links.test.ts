import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, posix, sep } from "node:path";
import { root } from "../package/run";
import { pages, prose, type Page } from "./support/markdown";

/** As GitHub makes anchors of headings. */
function anchorsOf(page: Page): Set<string> {
  const counts = new Map<string, number>();
  const anchors = [...prose(page).matchAll(/^#{1,6} +(.+?)(?: +#+)?$/gm)].map(([, heading]) => {
    const plain = heading!.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").replace(/\\(.)/g, "$1");
    const slug = plain
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M}\p{Pc}\- ]/gu, "")
      .replaceAll(" ", "-");
    const before = counts.get(slug) ?? 0;
    counts.set(slug, before + 1);
    return before === 0 ? slug : `${slug}-${before}`;
  });
  const named = [...page.text.matchAll(/<a (?:id|name)="([^"]+)">/g)].map(([, name]) => name!);
  return new Set([...anchors, ...named]);
}

const code = /(`+)[^`][^]*?\1/g;

function linksOf(page: Page): string[] {
  const text = prose(page).replace(code, "`code`");
  const inline = [...text.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g)].map(([, target]) => target!);
  const named = [...text.matchAll(/^ {0,3}\[[^\]]+\]: +(\S+)/gm)].map(([, target]) => target!);
  const html = [...text.matchAll(/<(?:a|img)\b[^>]*?\b(?:href|src)="([^"]+)"/g)].map(([, target]) => target!);
  const bare = [...text.matchAll(/<(https?:[^>]+)>/g)].map(([, target]) => target!);
  return [...inline, ...named, ...html, ...bare];
}

const all = pages.flatMap((page) => linksOf(page).map((target) => ({ page, target })));
const inside = all.filter(({ target }) => !/^[a-z]+:/i.test(target));

function fileOf(page: Page, target: string): string {
  const [path] = target.split("#");
  return path ? posix.normalize(posix.join(dirname(page.path), decodeURIComponent(path))) : page.path;
}

function whyBroken({ page, target }: (typeof all)[number]): string | undefined {
  const [, anchor] = target.split("#");
  const file = fileOf(page, target);
  if (file.startsWith("..")) return "leads out of the project";
  if (!existsSync(join(root, file))) return "no such file";
  if (anchor === undefined) return undefined;
  if (statSync(join(root, file)).isDirectory()) return "an anchor in a folder";
  const there = pages.find((one) => one.path === file);
  return there && anchorsOf(there).has(anchor) ? undefined : "no such heading";
}

test("every link inside the project leads to an existing file or heading", () => {
  expect(inside.length).toBeGreaterThan(30);
  const broken = inside
    .map((link) => ({ from: link.page.path, target: link.target, why: whyBroken(link) }))
    .filter(({ why }) => why !== undefined);
  expect(broken).toEqual([]);
});

/** The files and folders that package.json has npm publish. `!` leaves one out. */
const { files } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { files: string[] };
const isIn = (path: string, one: string) => path === one || path.startsWith(`${one}/`);
const isPublished = (path: string) =>
  files.some((one) => isIn(path, one)) && !files.some((one) => one.startsWith("!") && isIn(path, one.slice(1)));

test("every link in a published page leads to something published, so that it works from the tarball", () => {
  const published = inside.filter(({ page }) => isPublished(page.path));
  expect(published.length).toBeGreaterThan(100);
  const dead = published
    .map(({ page, target }) => ({ from: page.path, to: fileOf(page, target) }))
    .filter(({ to }) => !isPublished(to));
  expect(dead).toEqual([]);
});

test("no published picture is over 100 KB", () => {
  const pictures = (readdirSync(join(root, "docs"), { recursive: true }) as string[])
    .map((path) => posix.join("docs", path.split(sep).join("/")))
    .filter((path) => /\.(png|svg)$/.test(path) && isPublished(path));
  expect(pictures).toContain("docs/attaching.png");
  expect(pictures.filter((path) => statSync(join(root, path)).size > 100_000)).toEqual([]);
});

test("every link out of the project is an https URL, or one to this machine", () => {
  const outside = all.filter((link) => !inside.includes(link)).map(({ page, target }) => ({ page: page.path, target }));
  const sound = ({ target }: { target: string }) =>
    URL.canParse(target) && (/^https:$/.test(new URL(target).protocol) || /^http:\/\/(localhost|127\.)/.test(target));
  expect(outside.length).toBeGreaterThan(0);
  expect(outside.filter((link) => !sound(link))).toEqual([]);
});

test("every page under docs can be reached from the README by links", () => {
  const reached = new Set(["README.md"]);
  for (const path of reached) {
    const links = inside.filter(({ page }) => page.path === path).map(({ target }) => target.split("#")[0]!);
    for (const link of links.filter((one) => one.endsWith(".md"))) {
      reached.add(posix.normalize(posix.join(dirname(path), decodeURIComponent(link))));
    }
  }
  const docs = pages.map(({ path }) => path).filter(isPublished);
  expect(docs.filter((path) => !reached.has(path))).toEqual([]);
});
