import { UploadError } from "../errors.js";
import type { Protocol } from "../protocol.js";
import { decoded } from "../protocols/graph/path.js";

type Match = { readonly protocol: Protocol; readonly collection: string };

/** True if a URL ends before its path does: `#` and `?` in a name cut off what follows them. */
export function isCut(url: string): boolean {
  const mark = url.indexOf("?");
  const parameters = mark < 0 ? [] : url.slice(mark + 1).split("&");
  return url.includes("#") || parameters.some((parameter) => parameter !== "" && !/^[^=]+=/.test(parameter));
}

/** Throws an `UploadError` if the name of a guest user cuts a URL off: what follows its `#` never leaves the client. */
export function mustBeWholeName(url: string): void {
  if (/#EXT#/i.test(url))
    throw cut("The # in the name of the user ends the path of the URL: write #EXT# as %23EXT%23.");
}

/** Throws an `UploadError` if a URL is cut off. */
export function mustBeWhole(url: string): void {
  mustBeWholeName(url);
  if (isCut(url))
    throw cut("The URL has a fragment, or a query that is no key=value, so part of its path may be lost.");
}

/** Throws an `UploadError` if a name in the URL is the file's own name, cut off. */
export function mustNotBeCut(inUrl: string, own: string | undefined): void {
  if (own !== undefined && [`${inUrl}#`, `${inUrl}?`].some((start) => own.startsWith(start))) {
    throw cut(`The URL names the file ${inUrl}, but its name is ${own}.`);
  }
}

function cut(what: string): UploadError {
  return new UploadError("invalid", `${what} In names, encode # as %23 and ? as %3F.`);
}

/** True if a name is a path. */
export const isPath = (name: string) => /[\\/]|^\.\.?$/.test(name);

/** Throws an `UploadError` if a name leads to another folder. Graph is reported to read `%2F` as a separator. */
export function mustStay(name: string, { protocol, collection }: Match): void {
  if (!protocol.target.nameIn) return;
  const path = isPath(name);
  if (!path && !collection.split("/").some(leadsOut)) return;
  const what = path ? `${name} is a path, not a file name.` : "A folder in the URL leads out of the folder above it.";
  throw new UploadError("invalid", `${what} Give the folder in the URL, and each name without / and \\.`);
}

function leadsOut(segment: string): boolean {
  const names = decoded(segment.replace(/:$/, "")).split(/[\\/]/);
  return names.length > 1 && names.some((name) => /^\.\.?$/.test(name));
}
