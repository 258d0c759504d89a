/* eslint-disable no-console */
import { smoke } from "./smoke.mjs";

/** How each runtime's fetch is told to trust the emulator's certificate; Node's is told by its environment. */
const trust = {
  Bun: (ca) => ({ tls: { ca } }),
  Deno: (ca) => ({ client: globalThis.Deno.createHttpClient({ caCerts: [ca] }) }),
};

const runtime = "Deno" in globalThis ? "Deno" : "Bun" in globalThis ? "Bun" : "Node";

/** Runs the suite, unless told otherwise against the emulator that the environment names, and writes how it ended. */
export async function runHere(kit, control = process.env.CONTROL, fetchOptions = trust[runtime]) {
  const results = await smoke({ kit, control, fetchOptions });
  console.log(`\n${JSON.stringify({ results })}`);
  process.exit();
}
