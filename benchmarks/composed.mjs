import { goal, ms, share } from "./support/format.mjs";
import { log } from "./support/log.mjs";
import { startEmulatorProcess } from "./support/emulator.mjs";
import { sample } from "./support/samples.mjs";
import { median, ratio } from "./support/statistics.mjs";
import { client, each } from "./support/variants.mjs";

/** Milliseconds that each request takes. */
const LATENCY = 50;
const CHAIN = "the same chain by bare `fetch`";
const THREE = "3 × 5 MB";
/** Limit of its time, to that of the chain. */
const MOST = 1.15;

/** The longest chain of requests: each of them needs the reply to the one before. */
const chainOf = (files, ...end) => ["draft", "create", ...Array(2 * files).fill("range"), ...end];

const MAILS = {
  "2 × 200 kB": { run: "small", chain: ["mail"] },
  "5 MB": { run: "one", chain: chainOf(1, "list", "send") },
  [THREE]: { run: "three", chain: chainOf(3, "list", "send") },
  [CHAIN]: { run: "chain", chain: chainOf(3, "list", "send") },
  "a draft, 200 kB and 5 MB": { run: "draft", chain: chainOf(1, "list") },
  "a reply, 5 MB": { run: "reply", chain: chainOf(1, "list", "send") },
  "an event with attendees, 5 MB": { run: "invitation", chain: chainOf(1, "list", "patch") },
  "5 MB under `once`": { run: "once", chain: ["list", ...chainOf(1, "list", "list", "patch", "send")] },
};

const REASONS = {
  mail: "sends what fits into one request",
  draft: "creates the item; the first range of the first file is read meanwhile",
  create: "opens a session; that of the next file opens during the last range of the file before",
  range:
    "bytes, at most 3.75 MiB; one after another, because a message takes one write at a time and keeps their order",
  list: "before anybody is reached: all files are there. A reply: what it holds before the last range. `once`: two looks for other tries",
  patch: "invites the attendees. `once`: notes when it is about to be sent",
  item: "the answer to the caller, with the marks of its last change",
  send: "sends the draft",
};

/** Measures mails with files: their requests, and their time next to that of the requests that must follow each other. */
export async function run({ rounds = 5 } = {}) {
  const emulator = await startEmulatorProcess(LATENCY);
  const samples = Object.fromEntries(Object.keys(MAILS).map((name) => [name, []]));
  try {
    for (let round = 0; round < rounds; round++) {
      for (const [name, { run }] of Object.entries(MAILS)) {
        const original = await emulator.reset();
        const variant = client("composed", run, { ...emulator.about, original });
        const measured = await sample({ ...variant, env: emulator.env });
        const requests = (await emulator.requests()).filter(({ started }) => started >= measured.began);
        samples[name].push({ ...measured, requests });
      }
      log(`composed: round ${round + 1} of ${rounds}`);
    }
  } finally {
    await emulator.stop();
  }
  return { tables: [timesOf(samples), countsOf(samples), timelineOf(samples)], goals: goalsOf(samples) };
}

const walls = (samples) => each(samples, "wall");
/** To the chain, if each of its requests took the latency and nothing else. */
const toLeast = (name, samples) => {
  const all = walls(samples);
  return ratio(
    all,
    all.map(() => MAILS[name].chain.length * LATENCY),
  );
};
const toBare = (samples) => ratio(walls(samples[THREE]), walls(samples[CHAIN]));

function timesOf(samples) {
  const rows = Object.entries(samples).map(([name, all]) => [
    name,
    String(all[0].requests.length),
    String(MAILS[name].chain.length),
    ms(median(walls(all))),
    share(toLeast(name, all)),
  ]);
  const columns = ["", "requests", "of them one after another", "ms", `to ${LATENCY} ms for each of these`];
  const note = `${THREE} to the same chain by bare \`fetch\`: ${share(toBare(samples))}, limit ${MOST}. The chain: create the draft, open the first session, two ranges for each file, list, send. What goes beyond ${LATENCY} ms is what 15 MB take over TLS.`;
  return { caption: `Composed mail, ${LATENCY} ms for each request`, columns, rows, note };
}

function countsOf(samples) {
  const names = Object.keys(samples).filter((name) => name !== CHAIN);
  const count = (name, kind) => samples[name][0].requests.filter((one) => one.kind === kind).length;
  const rows = Object.entries(REASONS).map(([kind, why]) => [
    `\`${kind}\``,
    ...names.map((name) => count(name, kind) || ""),
    why,
  ]);
  return { caption: "Its requests by kind, and what each is for", columns: ["", ...names, "why"], rows };
}

function timelineOf(samples) {
  const [{ began, requests }] = samples[THREE];
  const rows = requests.map(({ kind, started, ended, status }, index) => [
    `${index + 1}. ${kind}`,
    String(started - began),
    String(ended - began),
    String(status),
  ]);
  return { caption: `${THREE}, as the service saw it`, columns: ["", "from ms", "to ms", "status"], rows };
}

function goalsOf(samples) {
  return [
    goal(`a mail with ${THREE}, to its longest chain by bare \`fetch\``, toBare(samples).median, { most: MOST }),
    goal(`requests of a mail with ${THREE}`, samples[THREE][0].requests.length, { most: 12 }),
  ];
}
