import { runInThisContext } from "node:vm";

/** An undici Agent as far as the emulator touches it. */
export interface Dispatcher {
  destroy(): Promise<void>;
}

type AgentClass = new (options: { connect: { ca: string } }) => Dispatcher;

/**
 * An Agent of the undici inside Node that trusts `ca`: the class is that of fetch's own default Agent.
 * Undefined where fetch is not undici's (Bun, Deno).
 */
export async function makeDispatcher(ca: string): Promise<Dispatcher | undefined> {
  await fetch("data:,"); // The default Agent is made at fetch's first use.
  // Test runners give their files another global object than the one that undici knows.
  const realGlobal = runInThisContext("globalThis") as Record<symbol, unknown>;
  const symbol = Object.getOwnPropertySymbols(realGlobal).find((candidate) =>
    candidate.description?.startsWith("undici.globalDispatcher"),
  );
  const agent = symbol && (realGlobal[symbol] as { constructor: AgentClass } | undefined);
  return agent && new agent.constructor({ connect: { ca } });
}

/** A client for Deno's fetch that trusts `ca`; undefined elsewhere. */
export function makeDenoClient(ca: string): { close(): void } | undefined {
  const { Deno } = globalThis as { Deno?: { createHttpClient(options: { caCerts: string[] }): { close(): void } } };
  return Deno?.createHttpClient({ caCerts: [ca] });
}
