import type { RequestKind } from "./api.js";

/** The kind of a request to a route, by method. `any` stands for all other methods. */
export type Kinds = { readonly [method in "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "any"]?: RequestKind };

/**
 * One row of a service's routes. The pattern has a slash before each segment and matches in any letter case:
 *
 * - `/messages/{item}` is a name with a key. In OData style, the key is the next segment or `('key')`.
 * - `/{owner=users|groups}` is one of these words, in lower case.
 * - `:/{path}:` is a path between colons. At the end of a URL, the second colon is optional.
 * - `(q='{text}')` is the parameter of an OData function.
 * - `[…]` is optional, `[…]*` repeats, `(…|…)` is a choice. If a key repeats, the last one counts.
 */
export type Row<Target> = readonly [pattern: string, target: Target, kinds?: Kinds];

/** The result of reading a path. */
export interface Route<Resource extends string = string, Target extends string = string> {
  readonly resource: Resource;
  readonly target: Target;
  readonly kinds: Kinds;
  /** The API version of a Graph path, in lower case. Empty in plain style. */
  readonly version: string;
  /** Decoded, except for paths between colons. */
  readonly keys: { readonly [name: string]: string | undefined };
}

/** A segment in normal form. */
const text = "[^/:]+";

const tokens = /\((\w+)='\{(\w+)\}'\)|:\/\{(\w+)\}:|\/\{(\w+)(?:=([^}]+))?\}|(\]\*|[[\]()|])|(\/)?([^/:{}[\]()|]+)/g;
const groups: Record<string, string> = { "[": "(?:", "]": ")?", "]*": ")*", "(": "(?:" };

/**
 * Makes the reader of a service's paths, which takes the first row that matches. Graph's are in OData style: they begin
 * with a version, take keys in parentheses, and allow `microsoft.graph.` before a name.
 */
export function router<Resource extends string, Target extends string>(
  resource: Resource,
  rows: readonly Row<Target>[],
  style: "odata" | "plain" = "odata",
): (pathname: string) => Route<Resource, Target> | undefined {
  const odata = style === "odata";
  const routes = rows.map(([pattern, target, kinds = {}]) => {
    const compiled = compile(odata ? `/{version=v1.0|beta}${pattern}` : pattern, odata);
    return { ...compiled, target, kinds };
  });
  return (pathname) => {
    const path = normalize(pathname);
    if (path === undefined) return undefined;
    for (const { expression, names, target, kinds } of routes) {
      const match = expression.exec(path);
      if (!match) continue;
      const { version = "", ...keys } = readKeys(names, match.slice(1));
      return { resource, version, target, kinds, keys };
    }
    return undefined;
  };
}

/** The kind of a request by its route. */
export const kindOf = (route: Pick<Route, "kinds"> | undefined, method: string): RequestKind =>
  route?.kinds[method as keyof Kinds] ?? route?.kinds.any ?? "other";

/** The decoded names in a path between colons. */
export const namesIn = (path: string | undefined): string[] => path?.split("/").slice(1).map(decodeURIComponent) ?? [];

interface Name {
  readonly name: string;
  /** "word" is one of some words, "quoted" is a key in parentheses, "path" is for `namesIn`. */
  readonly form: "text" | "path" | "word" | "quoted";
}

interface Compiled {
  readonly expression: RegExp;
  /** One entry for each capturing group. */
  readonly names: readonly Name[];
}

function compile(pattern: string, odata: boolean): Compiled {
  const names: Name[] = [];
  const note = (name: string, form: Name["form"]): number => names.push({ name, form });
  const source = pattern.replace(
    tokens,
    (_token, parameter, value, path, key, words, group, separator, name): string => {
      if (parameter) {
        note(value, "quoted");
        return `\\(${parameter}='((?:[^'/]|'')*)'\\)`;
      }
      if (path) {
        note(path, "path");
        return `:((?:/${text})+)(?::|$)`;
      }
      if (key) {
        note(key, words ? "word" : "text");
        if (words) return `/(${escape(words)})`;
        if (!odata) return `/(${text})`;
        note(key, "quoted");
        return `(?:/(${text})|\\('((?:[^'/]|'')*)'\\))`;
      }
      if (group) return groups[group] ?? group;
      return (separator ? "/" + (odata ? "(?:microsoft\\.graph\\.)?" : "") : "") + escape(name);
    },
  );
  return { expression: new RegExp(`^${source}$`, "i"), names };
}

const escape = (words: string): string => words.replace(/[.$]/g, "\\$&");

const plainForms: Record<Name["form"], (value: string) => string> = {
  text: decodeURIComponent,
  path: (value) => value,
  word: (value) => value.toLowerCase(),
  quoted: (value) => decodeURIComponent(value.replace(/''/g, "'")),
};

function readKeys(names: Compiled["names"], values: readonly (string | undefined)[]): Record<string, string> {
  const keys: Record<string, string> = {};
  for (const [at, { name, form }] of names.entries()) {
    const value = values[at];
    if (value !== undefined) keys[name] = plainForms[form](value);
  }
  return keys;
}

/**
 * Brings a path into normal form, in which only "%", "/" and ":" are encoded. A colon that is not encoded ends a
 * segment. Undefined for a path that cannot be decoded.
 */
function normalize(pathname: string): string | undefined {
  try {
    return pathname.replace(/\/$/, "").split("/").map(normalizeSegment).join("/");
  } catch {
    return undefined;
  }
}

function normalizeSegment(segment: string): string {
  const [, name = "", colon = ""] = /^(.*?)(:?)$/.exec(segment)!;
  return decodeURIComponent(name).replace(/[%/:]/g, encodeURIComponent) + colon;
}
