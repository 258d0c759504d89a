import { startEmulator, type Emulator, type EmulatorOptions } from "../../src/emulator/index";
import { defaultVariations } from "../../src/emulator/variations";
import type { ProbeOptions, ProbeReport } from "../../src/probe/api";
import type { Means } from "../../src/probe/door";
import { limits, runProbe } from "../../src/probe/run";

/** The means of a probe in tests: the waits are counted and take no time. */
export const means: Means = { ...limits, fetch, now: Date.now, wait: () => Promise.resolve() };

/** Without the experiments that send much, a run is short. */
export const short: Means = { ...means, bytes: 100_000 };

/** Everything that the emulator offers to a probe. */
export function optionsFor(emulator: Emulator, more: Partial<ProbeOptions> = {}): ProbeOptions {
  const { azureDevOps, print, teams } = emulator;
  const [, printShare] = /shares\/([^/]+)/.exec(print.document(print.addDocument()).sharePath)!;
  teams.addChat({ members: [] });
  return {
    getToken: async () => emulator.token,
    graphUrl: emulator.graphUrl,
    printShare,
    site: "contoso.sharepoint.com:/sites/probe:",
    azureDevOps: {
      organizationUrl: azureDevOps.organizationUrl,
      project: "MyProject",
      getAuthorization: async () => `Basic ${btoa(`:${azureDevOps.personalAccessToken}`)}`,
    },
    send: true,
    fetchOptions: emulator.clientOptions.fetchOptions,
    ...more,
  };
}

const running: Promise<Emulator>[] = [];
afterAll(async () => {
  for (const emulator of running) await (await emulator).close();
});

function startNew(options?: EmulatorOptions): Promise<Emulator> {
  const emulator = startEmulator(options);
  running.push(emulator);
  return emulator;
}

let usual: Promise<Emulator> | undefined;

/** The emulator of the test file, as new. Options beyond `vary` start another one. */
export async function start({ vary, ...more }: EmulatorOptions = {}): Promise<Emulator> {
  if (Object.keys(more).length > 0) return startNew({ vary, ...more });
  const emulator = await (usual ??= startNew());
  emulator.reset();
  emulator.vary({ ...defaultVariations, ...vary });
  return emulator;
}

/** Probes an emulator that is as new. */
export async function probeNew(
  emulatorOptions: EmulatorOptions,
  more: Partial<ProbeOptions> = {},
  use: Partial<Means> = {},
): Promise<{ report: ProbeReport; emulator: Emulator }> {
  const emulator = await start(emulatorOptions);
  const report = await runProbe(optionsFor(emulator, more), { ...means, ...use });
  return { report, emulator };
}

/** Everything in the emulator, in words. A probe that cleans up leaves nothing. */
export async function remains(emulator: Emulator): Promise<string[]> {
  const { mailbox, drive, azureDevOps, print, teams, requests } = emulator;
  const drives = [drive, drive.of("/sites/contoso.sharepoint.com:/sites/probe:/drive")];
  const ask = async (path: string) => {
    const headers = { Authorization: `Bearer ${emulator.token}` };
    const init = { headers, ...emulator.clientOptions.fetchOptions };
    return (await (await fetch(`${emulator.graphUrl}v1.0${path}`, init)).json()) as {
      value?: { displayName: string }[];
    };
  };
  emulator.vary({ china: false, graphRedirect: "none", throttleRedirects: 0 });
  const lists = (await ask("/me/todo/lists")).value ?? [];
  const documents = requests.flatMap(({ path }) => /\/documents\/([^/]+)\//.exec(path)?.[1] ?? []);
  const chats = requests.flatMap(({ path }) => /\/chats\/([^/?]+)\/messages/.exec(path)?.[1] ?? []);
  const there = <T>(read: () => T): T[] => {
    try {
      return [read()];
    } catch {
      return [];
    }
  };
  const workItems = [...Array(20).keys()].flatMap((index) => there(() => azureDevOps.workItem(299 + index)));
  return [
    ...mailbox.drafts().map(({ subject }) => `draft ${subject}`),
    ...mailbox.sentItems().map(({ subject }) => `mail ${subject}`),
    ...emulator.events().map(({ subject }) => `event ${subject}`),
    ...lists.map(({ displayName }) => `list ${displayName}`),
    ...drives.flatMap((each) => each.files().map(({ filePath }) => `file ${filePath}`)),
    ...drives.flatMap((each) => each.folders().map((path) => `folder ${path}`)),
    ...azureDevOps.attachments().map(({ fileName }) => `attachment ${fileName}`),
    ...workItems.map(({ fields }) => `work item ${String(fields["System.Title"])}`),
    ...[...new Set(documents)].flatMap((id) => there(() => print.document(id))).map(() => "print job"),
    ...[...new Set(chats)]
      .flatMap((id) => there(() => teams.messages(decodeURIComponent(id))).flat())
      .map(({ content }) => `message ${content.slice(0, 80)}`),
  ];
}
