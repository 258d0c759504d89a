import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { log } from "./log.mjs";

const child = fileURLToPath(new URL("./child.mjs", import.meta.url));
/** Milliseconds after which a sample is given up. */
const PATIENCE = 180_000;

/**
 * Samples of several variants, each in a process of its own, in rounds: every variant once in every round, in turn from
 * the front and from the back, so that what else the machine does meets all of them alike.
 *
 * `variants`: name → { module: URL of the file, run: its export, parameters, flags: of Node }. Answers name → samples in order of rounds.
 */
export async function inRounds(variants, { rounds, about }) {
  const names = Object.keys(variants);
  const samples = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? names : [...names].reverse();
    for (const name of order) samples[name].push(await sample(variants[name]));
    log(`${about}: round ${round + 1} of ${rounds}`);
  }
  return samples;
}

/** One sample in a process of its own. */
export function sample({ module, run, parameters = {}, flags = [] }) {
  return new Promise((resolve, reject) => {
    const process = fork(child, [String(module), run, JSON.stringify(parameters)], {
      execArgv: ["--expose-gc", "--no-warnings", ...flags],
    });
    const timer = setTimeout(() => process.kill("SIGKILL"), PATIENCE);
    let measured;
    process.on("message", (message) => (measured = message));
    process.on("error", reject);
    process.on("exit", (code) => {
      clearTimeout(timer);
      if (measured) resolve(measured);
      else reject(new Error(`${run} of ${module} ended with ${code} before it was measured.`));
    });
  });
}
