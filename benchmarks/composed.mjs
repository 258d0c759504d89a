import { goal, ms, share, told, whole } from "./support/format.mjs";
import { log } from "./support/log.mjs";
import { startEmulatorProcess } from "./support/emulator.mjs";
import { sample } from "./support/samples.mjs";
import { ratio, spread } from "./support/statistics.mjs";
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
/** Milliseconds of the chain, if each of its requests took the latency and nothing else. */
const limitOf = (name) => MAILS[name].chain.length * LATENCY;
const counts = (samples, kind) =>
  spread(samples.map(({ requests }) => requests.filter((one) => kind === undefined || one.kind === kind).length));
const toBare = (samples) => ratio(walls(samples[THREE]), walls(samples[CHAIN]));

function timesOf(samples) {
  const rows = Object.entries(samples).map(([name, all]) => [
    name,
    told(counts(all), whole),
    String(MAILS[name].chain.length),
    told(spread(walls(all)), ms),
    String(limitOf(name)),
    share(spread(walls(all).map((wall) => wall / limitOf(name)))),
  ]);
  const columns = ["", "requests", "of them one after another", "ms", "limit", "to the limit"];
  const note = `Medians, with the middle half of all rounds. The limit: ${LATENCY} ms for each request that needs the reply to the one before. ${THREE} to the same chain by bare \`fetch\`: ${share(toBare(samples))}, at most ${MOST}. The chain: create the draft, open the first session, two ranges for each file, list, send. What goes beyond ${LATENCY} ms is what 15 MB take over TLS.`;
  return { caption: `Composed mail, ${LATENCY} ms for each request`, columns, rows, note };
}

function countsOf(samples) {
  const names = Object.keys(samples).filter((name) => name !== CHAIN);
  const count = (name, kind) => {
    const found = counts(samples[name], kind);
    return found.high > 0 ? told(found, whole) : "";
  };
  const rows = Object.entries(REASONS).map(([kind, why]) => [
    `\`${kind}\``,
    ...names.map((name) => count(name, kind)),
    why,
  ]);
  return { caption: "Its requests by kind, and what each is for", columns: ["", ...names, "why"], rows };
}

function timelineOf(samples) {
  const all = samples[THREE].map(({ began, requests }) =>
    requests.map((one, index) => {
      const same = requests.slice(0, index).filter(({ kind }) => kind === one.kind).length;
      return { ...one, name: `${one.kind} ${same + 1}`, from: one.started - began, to: one.ended - began };
    }),
  );
  const limits = new Map();
  const rows = all[0].map(({ name, started, status }) => {
    const before = all[0].filter(({ ended }) => ended <= started).map((one) => limits.get(one.name));
    limits.set(name, Math.max(0, ...before) + LATENCY);
    const same = all.flatMap((requests) => requests.filter((one) => one.name === name));
    const [from, to] = ["from", "to"].map((what) => told(spread(each(same, what)), whole));
    return [name, from, to, String(limits.get(name)), String(status)];
  });
  const columns = ["", "from ms", "to ms", "limit", "status"];
  const note = `The limit of the end: ${LATENCY} ms after the limits of those that had ended before it began.`;
  return { caption: `${THREE}, as the service saw it`, columns, rows, note };
}

function goalsOf(samples) {
  return [
    goal(`a mail with ${THREE}, to its longest chain by bare \`fetch\``, toBare(samples), { most: MOST }),
    goal(`requests of a mail with ${THREE}`, counts(samples[THREE]), { most: 12 }),
  ];
}
