import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { root } from "../../package/run";

/** A fenced block: its language, the file that it says it is part of, and its lines. */
export interface Block {
  readonly language: string;
  readonly file: string;
  readonly text: string;
}

export interface Page {
  /** From the project's folder, with slashes. */
  readonly path: string;
  readonly text: string;
  readonly blocks: readonly Block[];
}

const FENCE = /^( *)```(\S*) ?(.*)\n([^]*?)^\1```$/gm;
const LEFT_OUT = new Set(["node_modules", "dist", "temp", "coverage"]);

function files(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (LEFT_OUT.has(entry.name) || entry.name.startsWith(".")) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? files(path) : path.endsWith(".md") ? [path] : [];
  });
}

export function page(path: string): Page {
  const text = readFileSync(join(root, path), "utf8").replaceAll("\r\n", "\n");
  const blocks = [...text.matchAll(FENCE)].map(([, indent, language, file, lines]) => ({
    language: language!,
    file: file!.trim(),
    text: lines!.replace(new RegExp(`^${indent}`, "gm"), ""),
  }));
  return { path, text, blocks };
}

/** Every Markdown file of the project. */
export const pages: readonly Page[] = files(root)
  .map((path) => page(relative(root, path).split(sep).join("/")))
  .sort((a, b) => (a.path < b.path ? -1 : 1));

/** Pages that a script writes. They hold declarations, not programs. */
export const isGenerated = ({ path }: Page) => path === "API.md";

/** A page without its code, where `#` and `[]` mean something else. */
export function prose({ text }: Page): string {
  return text.replace(FENCE, "").replace(/<!--[^]*?-->/g, "");
}
