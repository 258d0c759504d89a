import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { log } from "./log.mjs";
import { startUnder } from "./service.mjs";

const main = fileURLToPath(new URL("./child.mjs", import.meta.url));
/** Time limit of a sample in milliseconds. */
const PATIENCE = 180_000;

/**
 * Takes samples of several variants, each in its own process. Every round runs each variant once, alternately from the
 * front and from the back, so that other load on the machine affects all of them equally.
 *
 * `variants`: name → { module: URL of the file, run: its export, parameters, flags: of Node, env: more of it }. `parameters.ca` is the file of a
 * certificate that the process trusts. Returns name → samples by round.
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

/**
 * Takes one sample in its own process. `env`: more variables. `under`: a command that starts it, with its arguments. `patience`:
 * milliseconds after which it is given up.
 */
export function sample({ module, run, parameters = {}, flags = [], env = {}, under, patience = PATIENCE }) {
  return new Promise((resolve, reject) => {
    const given = [main, String(module), run, JSON.stringify(parameters)];
    const node = ["--expose-gc", "--no-warnings", ...flags];
    const options = { env: { ...process.env, ...env, ...(parameters.ca && { NODE_EXTRA_CA_CERTS: parameters.ca }) } };
    const child = under
      ? startUnder(under, [...node, ...given], options)
      : fork(main, given.slice(1), { ...options, execArgv: node });
    const timer = setTimeout(() => child.kill("SIGKILL"), patience);
    let measured;
    child.on("message", (message) => (measured = message));
    child.on("error", reject);
    child.on("exit", (code) => {
      clearTimeout(timer);
      if (measured) resolve(measured);
      else reject(new Error(`${run} of ${module} ended with ${code} before it was measured.`));
    });
  });
}
