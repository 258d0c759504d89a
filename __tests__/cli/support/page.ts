import { until } from "../../browser/support/until";
import type { Command, Ended } from "./command";
import type { Snapshot } from "../../../src/cli/emulator/snapshot";

/** The emulator, started by its command. */
export interface StartedEmulator {
  readonly page: string;
  /** Environment variables for it. */
  readonly environment: Record<string, string>;
  state(): Promise<Snapshot>;
  /** Posts an action to the server of the page and returns the status. */
  act(path: string, body: object): Promise<number>;
  /** Ends it by Ctrl-C. */
  stop(): Promise<Ended>;
}

export async function startEmulatorOf(command: Command): Promise<StartedEmulator> {
  const { child, shown, ended } = command.start(["emulator", "--port", "0", "--json"]);
  const printed = await until("its addresses", () => shown.stdout.endsWith("}\n") && shown.stdout);
  const { page, environment } = JSON.parse(printed) as { page: string; environment: Record<string, string> };
  return {
    page,
    environment,
    state: async () => (await fetch(new URL("/api/state", page))).json() as Promise<Snapshot>,
    act: async (path, body) => {
      const headers = { "Content-Type": "application/json" };
      return (await fetch(new URL(path, page), { method: "POST", headers, body: JSON.stringify(body) })).status;
    },
    stop: () => {
      child.kill("SIGINT");
      return ended;
    },
  };
}
