/** The emulator in a process of its own, so that what it stores does not count as what an upload needs. */
import { startEmulator } from "../../../src/emulator/index.js";

export interface Started {
  readonly graphUrl: string;
  readonly token: string;
  readonly ca: string;
  readonly paths: readonly string[];
}

export interface Held {
  /** SHA-256 by name, for each item. */
  readonly items: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly requests: number;
  readonly ranges: number;
  readonly bytes: number;
  /** How often each status of an error was answered. */
  readonly refused: Readonly<Record<string, number>>;
  /** Sessions that are neither complete nor discarded. */
  readonly open: number;
}

const items = Number(process.argv[2]);

async function main(): Promise<void> {
  const emulator = await startEmulator({ vary: { mailboxUploadBytes: Infinity, mailboxRequests: Infinity } });
  const kinds = [() => emulator.addMessage(), () => emulator.addEvent(), () => emulator.addTask()];
  const all = Array.from({ length: items }, (_, index) => kinds[index % kinds.length]!());
  const { graphUrl, token, ca, requests } = emulator;
  process.on("message", () => {
    const refused: Record<string, number> = {};
    for (const { status = 0 } of requests) if (status >= 400) refused[status] = (refused[status] ?? 0) + 1;
    const ranges = requests.filter(({ kind }) => kind === "range");
    process.send!({
      items: Object.fromEntries(
        all.map((item) => [
          item.path,
          Object.fromEntries(emulator.attachments(item).map(({ name, sha256 }) => [name, sha256])),
        ]),
      ),
      requests: requests.length,
      ranges: ranges.length,
      bytes: ranges.reduce((sum, { bodyBytes }) => sum + bodyBytes, 0),
      refused,
      open: emulator.sessions.filter(({ state }) => state === "open").length,
    } satisfies Held);
  });
  process.on("disconnect", () => void emulator.close().then(() => process.exit()));
  process.send!({ graphUrl, token, ca, paths: all.map(({ path }) => path) } satisfies Started);
}

void main();
