import { UploadError } from "./errors.js";
import { isObject } from "./isObject.js";
import { entriesOf, NAMES } from "./optionNames.js";
import type { AttachOptions, UploadOptions } from "./options.js";
import { mustBeShaped } from "./optionShapes.js";

/** Options with their defaults. `threshold` and `rangeSize` stay open where the protocol has defaults of its own. */
export type Settings = UploadOptions & Required<Pick<UploadOptions, "retries" | "delay" | "timeout">>;

const DEFAULTS = { retries: 5, delay: 1000, timeout: 300_000 } satisfies UploadOptions;
/** Bytes. Base64 and the JSON around it then fit into 4 MiB. */
export const DEFAULT_THRESHOLD = 3_000_000;
/** Bytes that the body of a request may have: exactly 4 MiB, as measured. */
export const REQUEST_LIMIT = 4_194_304;
/** Smallest and largest values. Timers hold 31 bits. */
const BOUNDS: Readonly<Record<string, readonly [least: number, most: number]>> = {
  threshold: [0, Infinity],
  maxSize: [0, Infinity],
  rangeSize: [1, Infinity],
  retries: [0, Infinity],
  delay: [0, 2 ** 31 - 1],
  timeout: [1, 2 ** 31 - 1],
  patience: [0, 2 ** 31 - 1],
  waitForDraft: [0, 2 ** 31 - 1],
};

/** Merges options: later ones win, `undefined` never does. Throws an `UploadError` for unknown names and numbers out of bounds. */
export function resolveOptions(...all: readonly (UploadOptions | undefined)[]): Settings {
  const merged: Settings = { ...DEFAULTS, ...Object.fromEntries(all.flatMap(entriesOf)) };
  for (const [name, value] of Object.entries(merged)) {
    const bounds = BOUNDS[name];
    mustBeShaped(name, value);
    if (!bounds || typeof value === "undefined") continue;
    const [least, most] = bounds;
    const isNumber = Number.isInteger(value) || (value === Infinity && name !== "rangeSize");
    if (isNumber && value >= least && value <= most) continue;
    const upTo = most === Infinity ? "" : ` and at most ${most}`;
    throw new UploadError(
      "invalid",
      `${name} must be a whole number of at least ${least}${upTo}, but is ${String(value)}.`,
    );
  }
  const { limiter, mailbox } = merged;
  if (limiter !== undefined && !(isObject(limiter) && isCallable(limiter.enter) && isCallable(limiter.pause)))
    throw new UploadError("invalid", "limiter must be an object with the functions enter and pause.");
  if (mailbox !== undefined && !(typeof mailbox === "string" && /^[^/?#\s]+$/.test(mailbox)))
    throw new UploadError(
      "invalid",
      `mailbox must be the id or name of a user, such as megan@contoso.com, but is ${String(mailbox)}.`,
    );
  return merged;
}

const isCallable = (value: unknown) => typeof value === "function";

/** True if so many bytes use an upload session. */
export function isLarge(size: number, { threshold = DEFAULT_THRESHOLD }: UploadOptions): boolean {
  return size > threshold;
}

/** Every option has its name in the list that misspelt ones are compared with. */
NAMES satisfies Readonly<Record<keyof AttachOptions, string>>;
