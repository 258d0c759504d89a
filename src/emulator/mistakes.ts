import type { EmulatorOptions, FaultScript, Origin, RequestKind } from "./api.js";
import { defaultVariations, type Variations } from "./variations.js";

const OPTIONS: Readonly<Record<keyof EmulatorOptions, true>> = {
  token: true,
  now: true,
  vary: true,
  ports: true,
  like: true,
  certificate: true,
  azureDevOps: true,
};
const FAULTS: Readonly<Record<keyof FaultScript, true>> = {
  on: true,
  times: true,
  status: true,
  headers: true,
  body: true,
  after: true,
  reset: true,
  cutReply: true,
  hang: true,
  delay: true,
  partial: true,
  gone: true,
  reply: true,
};
const MATCHERS: Readonly<Record<keyof NonNullable<FaultScript["on"]>, true>> = {
  method: true,
  origin: true,
  kind: true,
  path: true,
  range: true,
};
const ORIGINS: Readonly<Record<Origin, true>> = {
  graph: true,
  outlook: true,
  azureDevOps: true,
  drive: true,
  print: true,
};
const KINDS: Readonly<Record<RequestKind, true>> = {
  create: true,
  range: true,
  status: true,
  cancel: true,
  post: true,
  list: true,
  read: true,
  remove: true,
  item: true,
  other: true,
  draft: true,
  send: true,
  mail: true,
  patch: true,
  discard: true,
  link: true,
  workItem: true,
  preflight: true,
  folder: true,
  share: true,
  commit: true,
  chat: true,
};

/** Throws for an option that does not exist, because it would have no effect. */
export function checkOptions(options: EmulatorOptions): void {
  checkNames("option", options, OPTIONS);
  checkVariations(options.vary ?? {});
}

export const checkVariations = (vary: Partial<Variations>): void => checkNames("variation", vary, defaultVariations);

/** Throws for a fault that could never happen as it is meant. */
export function checkFault(fault: FaultScript): void {
  checkNames("fault with", fault, FAULTS);
  const { on = {} } = fault;
  checkNames("fault on", on, MATCHERS);
  if (on.kind !== undefined) checkNames("kind", { [on.kind]: true }, KINDS);
  if (on.origin !== undefined) checkNames("origin", { [on.origin]: true }, ORIGINS);
}

function checkNames(what: string, given: object, known: object): void {
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || Object.hasOwn(known, name)) continue;
    const [best] = Object.keys(known)
      .map((one) => ({ one, edits: distance(name.toLowerCase(), one.toLowerCase()) }))
      .sort((one, other) => one.edits - other.edits);
    const meant = best && best.edits <= Math.max(1, name.length / 3) ? `; did you mean ${best.one}?` : ".";
    throw new Error(`The emulator has no ${what} "${name}"${meant}`);
  }
}

/** The number of letters to add, remove or change. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (const [line, letter] of [...from].entries()) {
    const next = [line + 1];
    for (let at = 1; at <= to.length; at++) {
      const changed = row[at - 1]! + (letter === to[at - 1] ? 0 : 1);
      next.push(Math.min(changed, row[at]! + 1, next[at - 1]! + 1));
    }
    row = next;
  }
  return row[to.length]!;
}
