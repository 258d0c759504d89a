import type { Reply } from "../api.js";
import { badRequest } from "../replies.js";

/** The query of a client for a collection. */
export interface Asked {
  readonly query: URLSearchParams;
  readonly head: { readonly url: string };
}

export interface Page {
  readonly value: Record<string, unknown>[];
  readonly nextLink?: string;
}

type Value = string | number | boolean | null | undefined | object;
type Test = (row: Record<string, unknown>) => boolean;

/** Applies `$filter`, `$orderby`, `$top`, `$skip` and `$skiptoken` to described rows, of which a page holds up to `pageSize`. */
export function pageOf(asked: Asked, rows: readonly Record<string, unknown>[], pageSize: number): Page | Reply {
  const { query } = asked;
  const test = readFilter(query.get("$filter"));
  if (!test)
    return badRequest("Invalid filter clause: the emulator knows comparisons, startswith, endswith and contains.");
  const order = readOrder(query.get("$orderby"));
  if (!order) return badRequest("Invalid $orderby clause.");
  const [start, skip] = [query.get("$skiptoken") ?? "0", query.get("$skip") ?? "0"].map(Number) as [number, number];
  const top = Number(query.get("$top") ?? Infinity);
  if (!(top >= 1) || !(start >= 0) || !(skip >= 0)) return badRequest("$top, $skip and $skiptoken must be numbers.");
  const from = query.has("$skiptoken") ? start : skip;
  const found = rows.filter(test).sort(order);
  const size = Math.min(top, pageSize);
  const value = found.slice(from, from + size);
  return { value, nextLink: from + size < found.length ? nextLink(asked, from + size) : undefined };
}

function nextLink({ head }: Asked, skip: number): string {
  const url = new URL(head.url);
  url.searchParams.set("$skiptoken", String(skip));
  return url.href;
}

const functions: Record<string, (text: string, part: string) => boolean> = {
  startswith: (text, part) => text.startsWith(part),
  endswith: (text, part) => text.endsWith(part),
  contains: (text, part) => text.includes(part),
};
const operators: Record<string, (order: number) => boolean> = {
  ...{ eq: (order) => order === 0, gt: (order) => order > 0, ge: (order) => order >= 0 },
  ...{ ne: (order) => order !== 0, lt: (order) => order < 0, le: (order) => order <= 0 },
};

/** Reads terms that `and` and `or` connect, without parentheses. */
function readFilter(filter: string | null): Test | undefined {
  if (filter === null) return () => true;
  const parts = splitOutsideQuotes(filter, / or /i).map((part) => splitOutsideQuotes(part, / and /i).map(readTerm));
  if (parts.flat().includes(undefined)) return undefined;
  return (row) => parts.some((terms) => terms.every((term) => term!(row)));
}

function readTerm(term: string): Test | undefined {
  const call = /^(\w+)\(([\w/]+),\s*'((?:[^']|'')*)'\)$/.exec(term.trim());
  if (call) {
    const matches = functions[call[1]!.toLowerCase()];
    const part = call[3]!.replace(/''/g, "'").toLowerCase();
    return matches && ((row) => matches(textOf(valueAt(row, call[2]!)), part));
  }
  const [, path, name, literal] = /^([\w/]+) (eq|ne|gt|ge|lt|le) (.+)$/i.exec(term.trim()) ?? [];
  if (path === undefined) return undefined;
  const holds = operators[name!.toLowerCase()]!;
  const wanted = readLiteral(literal!);
  return (row) => holds(compare(valueAt(row, path), wanted));
}

/** A literal of OData. Times are compared as text, which has the same order. */
function readLiteral(literal: string): Value {
  const quoted = /^'((?:[^']|'')*)'$/.exec(literal);
  if (quoted) return quoted[1]!.replace(/''/g, "'");
  if (/^(?:null|true|false)$/i.test(literal)) return JSON.parse(literal.toLowerCase()) as boolean | null;
  return /^-?[\d.]+$/.test(literal) ? Number(literal) : literal;
}

/** Splits at a separator that is not within a text. */
function splitOutsideQuotes(text: string, separator: RegExp): string[] {
  const hidden: string[] = [];
  const bare = text.replace(/'(?:[^']|'')*'/g, (quoted) => `\u0000${hidden.push(quoted) - 1}\u0000`);
  return bare.split(separator).map((part) => part.replace(/\u0000(\d+)\u0000/g, (_mark, at) => hidden[Number(at)]!));
}

/** Reads `name desc,size`. */
function readOrder(order: string | null): ((one: object, other: object) => number) | undefined {
  const keys = (order ?? "").split(",").filter(Boolean);
  const read = keys.map((key) => /^\s*([\w/]+)(?: (asc|desc))?\s*$/i.exec(key));
  if (read.includes(null)) return undefined;
  return (one, other) => {
    for (const [, path = "", way = "asc"] of read as RegExpExecArray[]) {
      const order = compare(
        valueAt(one as Record<string, unknown>, path),
        valueAt(other as Record<string, unknown>, path),
      );
      if (order !== 0) return way.toLowerCase() === "asc" ? order : -order;
    }
    return 0;
  };
}

const valueAt = (row: Record<string, unknown>, path: string): Value =>
  path
    .split("/")
    .reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], row) as Value;

const textOf = (value: Value): string => (typeof value === "string" ? value.toLowerCase() : "");

/** Texts are equal in any letter case. An absent value is null, and an object differs from every literal. */
function compare(one: Value, other: Value): number {
  if (typeof one === "number" && typeof other === "number") return one - other;
  const [left, right] = [one ?? null, other ?? null].map((value) =>
    typeof value === "string" ? value.toLowerCase() : value,
  );
  if (left === right) return 0;
  return typeof left === "string" && typeof right === "string" && left < right ? -1 : 1;
}
