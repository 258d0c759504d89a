// npm run mutate: breaks one promise after another, in memory, and shows that the simulation notices each time, or the tests
// of the table and of the one loop.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { build } from "esbuild";
import { bundle, run } from "./simulation.mjs";

const MOST = 8_000;
const STEP = 1_000;

/** The promise that is broken, the file, the text in it, and its replacement. */
const mutations = [
  [
    "the offset within a range in memory",
    "upload/rangeReader",
    "subarray(start - this.#held.start)",
    "subarray(Math.max(0, start - this.#held.start - 1))",
  ],
  ["the end of Content-Range", "range", "${end - 1}", "${end}"],
  ["the bound of retries", "http/retry", "this.#attempts >= retries", "false"],
  ["the attachments from before are never the new one", "upload/find", "!before?.includes(id)", "true"],
  ["one upload to an item at a time", "http/queue", "if (key === undefined) return job();", "return job();"],
  ["four requests to a mailbox at the same time", "protocols/graph/attachments", "most: 4", "most: 40"],
  ["that a link is read before it is made again", "attach/link", "!link.holds(state, attachment)", "true"],
  [
    "that nothing is sent when a file fails",
    "messages/expected",
    "for (const one of all) held = [...held, await expect(one).attach()];",
    "for (const one of all) void expect(one).attach();",
  ],
  [
    "that no message holds an address",
    "http/redact",
    ".replace(/https?(?::|%3a)(?:\\\\?\\/|%2f){2}\\S+/gi, WITHHELD)",
    "",
  ],
  [
    "that listing ends with what it was for",
    "upload/upload",
    "      this.#stopListing();\n      this.#ranges",
    "      this.#ranges",
  ],
  [
    "the end of a gap in a print document",
    "range",
    "last + 1 < total ? { next, until: last + 1 } : { next }",
    "false ? { next } : { next }",
  ],
  [
    "which bytes each of several ranges holds",
    "upload/ranges",
    "range.start - gap.next, range.end - gap.next",
    "0, range.end - range.start",
  ],
  ["the commit of a deferred file", "protocols/drive", "if (!file.deferCommit) return undefined;", "return undefined;"],
  [
    "that no end is within a unit",
    "upload/pace",
    "until !== undefined && until - next >= unit ? until : total",
    "until ?? total",
  ],
  // the table of doubts
  ["next: the look before a refusal after a doubt", "upload/next", "...(mayBeComplete ? [LOOK] : [])", "...[]"],
  ["next: a guess is made once", "upload/next", "if (guessed || kept", "if (kept"],
  [
    "next: the look at the item before a fresh session",
    "upload/next",
    "...(state.sent < facts.size ? [] : [LOOK])",
    "...[]",
  ],
  ["next: the session is discarded before another is opened", "upload/next", '[{ to: "discard" }, ', "["],
  [
    "next: a refused chunk may be there already",
    "upload/next",
    "if (state.unanswered?.start === range.start) return",
    "if (state.unanswered?.start === -1) return",
  ],
  [
    "next: a range that was not heard of is sent again",
    "upload/next",
    'kind === "accepted" && follows ? range.end : range.start',
    "follows ? range.end : range.start",
  ],
  [
    "next: ranges after one that was not taken may be there",
    "upload/next",
    "if (state.reached > event.range.end)",
    "if (state.reached > Infinity)",
  ],
  // the one loop
  [
    "ask: a request that may have been done is not repeated",
    "http/service",
    "doubt ||= follows || mayBeDone(answer);",
    "doubt ||= follows;",
  ],
  ["ask: what was looked for and found ends it", "http/service", "else if (found !== undefined) return found;", ""],
  [
    'ask: "not done" allows another attempt',
    "http/service",
    'if (found === "notDone") doubt = false;',
    'if (found === "notDone") {}',
  ],
  ["ask: a refusal after a doubt is uncertain", "http/service", "throw doubt ? unclear() : ", "throw "],
  ["ask: the bound of attempts", "http/service", "if (!more) throw", "if (false) throw"],
  [
    "ask: that no attachment means to look for none",
    "attach/post",
    '(await holdsNone(job)) ? "notDone" : undefined',
    '"notDone"',
  ],
];

let survived = 0;
for (const [what, file, from, to] of mutations) {
  const path = resolve(`src/${file}.ts`);
  const source = readFileSync(path, "utf8");
  if (!source.includes(from)) throw new Error(`src/${file}.ts no longer has ${from}: bring this script up to date.`);
  const contents = source.replace(from, () => to);
  const plugin = {
    name: "mutation",
    setup: ({ onLoad }) =>
      onLoad({ filter: /\.ts$/ }, (args) => (args.path === path ? { contents, loader: "ts" } : undefined)),
  };
  const noticed = (await testsFail(file, plugin)) ?? (await bundle("temp/mutant.mjs", [plugin]), await firstFailure());
  if (noticed === undefined) survived++;
  console.log(`${noticed === undefined ? "NOT NOTICED" : `noticed by ${noticed}`}: ${what}`);
}
console.log(`${mutations.length - survived} of ${mutations.length} mutations noticed`);
process.exitCode = survived > 0 ? 1 : 0;

/** The tests of a file, run on what it was changed to. */
async function testsFail(file, plugin) {
  const tests = { "upload/next": "upload/next", "http/service": "http/service", range: "range" }[file];
  if (!tests) return undefined;
  await build({
    entryPoints: [`__tests__/${tests}.test.ts`],
    outfile: "temp/mutant.test.cjs",
    bundle: true,
    platform: "node",
    format: "cjs",
    external: ["@microsoft/microsoft-graph-client", "@jest/globals"],
    plugins: [plugin],
  });
  const config = JSON.stringify({ rootDir: resolve("temp"), testMatch: ["**/mutant.test.cjs"], transform: {} });
  const jest = resolve("node_modules/jest/bin/jest.js");
  const { status } = spawnSync(process.execPath, [jest, "--config", config, "--testTimeout=20000"], {
    stdio: "ignore",
  });
  return status === 0 ? undefined : `__tests__/${tests}.test.ts`;
}

async function firstFailure() {
  for (let first = 1; first <= MOST; first += STEP) {
    const { failed } = await run("temp/mutant.mjs", first, first + STEP, "ignore").catch(() => ({
      failed: [`${first} or one after it, by a crash`],
    }));
    if (failed.length > 0) return `schedule ${failed[0]}`;
  }
  return undefined;
}
