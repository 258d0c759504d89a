import { runInThisContext } from "node:vm";

/** An undici Agent, reduced to the method that the emulator calls. */
export interface Dispatcher {
  destroy(): Promise<void>;
}

type AgentClass = new (options: { connect: { ca: string } }) => Dispatcher;

/**
 * Makes an Agent that trusts `ca`, from the class of fetch's default Agent in Node's own undici.
 * Undefined if fetch does not use undici (Bun, Deno).
 */
export async function makeDispatcher(ca: string): Promise<Dispatcher | undefined> {
  // A test runner's global object is not the one that undici uses, and jsdom has no fetch.
  const realGlobal = runInThisContext("globalThis") as Record<symbol, unknown> & Pick<typeof globalThis, "fetch">;
  await realGlobal.fetch("data:,"); // The default Agent is made at fetch's first use.
  const symbol = Object.getOwnPropertySymbols(realGlobal).find((candidate) =>
    candidate.description?.startsWith("undici.globalDispatcher"),
  );
  const agent = symbol && (realGlobal[symbol] as { constructor: AgentClass } | undefined);
  return agent && new agent.constructor({ connect: { ca } });
}

/** Makes a client for Deno's fetch that trusts `ca`. Undefined in other runtimes. */
export function makeDenoClient(ca: string): { close(): void } | undefined {
  const { Deno } = globalThis as { Deno?: { createHttpClient(options: { caCerts: string[] }): { close(): void } } };
  return Deno?.createHttpClient({ caCerts: [ca] });
}
