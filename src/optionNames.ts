import { UploadError } from "./errors.js";

/** All options. The values are other names that people give them. */
export const NAMES = {
  threshold: "",
  rangeSize: "chunkSize sliceSize partSize",
  retries: "",
  delay: "",
  timeout: "",
  patience: "maxWait",
  limiter: "rateLimiter",
  mailbox: "",
  waitForDraft: "",
  maxSize: "",
  deleteSentCopy: "",
  once: "idempotencyKey jobId dedupeId",
  onProgress: "",
  onAttempt: "",
  onWaiting: "",
  fetch: "",
  signal: "",
  name: "",
  contentType: "mimeType type",
  isInline: "",
  contentId: "cid",
  comment: "",
  conflictBehavior: "",
  description: "",
  fileSystemInfo: "",
  deferCommit: "",
  size: "",
  areaPath: "",
  checkpoints: "",
  overflow: "",
  linkScope: "",
};

/** The option that somebody may have meant: one with the same letters or with many of the same pairs of letters. */
export function nearest(given: string, names: Readonly<Record<string, string>> = NAMES): string | undefined {
  const lower = given.toLowerCase();
  const pairsOf = (word: string) => Array.from(word.slice(1), (letter, at) => word[at] + letter);
  const likeness = (name: string, others: string): number => {
    const word = name.toLowerCase();
    const [one, other] = [pairsOf(lower), pairsOf(word)];
    if ([word, ...others.toLowerCase().split(" ")].includes(lower)) return lower === "" ? 0 : 2;
    if ([...word].sort().join() === [...lower].sort().join()) return 1;
    return (2 * one.filter((pair) => other.includes(pair)).length) / (one.length + other.length);
  };
  const [best] = Object.entries(names)
    .map(([name, others]) => ({ name, score: likeness(name, others) }))
    .sort((one, other) => other.score - one.score);
  return best && best.score > 0.5 ? best.name : undefined;
}

export function unknownOption(name: string, names?: Readonly<Record<string, string>>): UploadError {
  const meant = nearest(name, names);
  return new UploadError("invalid", `There is no option "${name}"${meant ? `; did you mean ${meant}?` : "."}`);
}

/** The options that are given. Throws an `UploadError` for an unknown option. */
export function entriesOf(options: object | undefined): [name: string, value: unknown][] {
  if (typeof (options ?? {}) !== "object" || options instanceof Promise) {
    const kind = options instanceof Promise ? "Promise" : typeof options;
    throw new UploadError("invalid", `Options are an object such as { name: "report.pdf" }, not a ${kind}.`);
  }
  const given = Object.entries(options ?? {}).filter(([, value]) => value !== undefined);
  for (const [name] of given) if (!Object.hasOwn(NAMES, name)) throw unknownOption(name);
  return given;
}
