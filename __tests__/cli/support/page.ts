import { until } from "../../browser/support/until";
import type { Command, Ended } from "./command";
import type { Snapshot } from "../../../src/cli/emulator/snapshot";

/** The emulator as its subcommand has started it. */
export interface StartedEmulator {
  readonly page: string;
  /** What has to be exported for it. */
  readonly environment: Record<string, string>;
  state(): Promise<Snapshot>;
  /** Gives the page's server an order; answers the status. */
  order(path: string, body: object): Promise<number>;
  /** Ends it as Ctrl-C does. */
  stop(): Promise<Ended>;
}

export async function startEmulatorOf(command: Command): Promise<StartedEmulator> {
  const { child, shown, ended } = command.start(["emulator", "--port", "0", "--json"]);
  const told = await until("its addresses", () => shown.stdout.endsWith("}\n") && shown.stdout);
  const { page, environment } = JSON.parse(told) as { page: string; environment: Record<string, string> };
  return {
    page,
    environment,
    state: async () => (await fetch(new URL("/api/state", page))).json() as Promise<Snapshot>,
    order: async (path, body) => {
      const headers = { "Content-Type": "application/json" };
      return (await fetch(new URL(path, page), { method: "POST", headers, body: JSON.stringify(body) })).status;
    },
    stop: () => {
      child.kill("SIGINT");
      return ended;
    },
  };
}
