import type { Client } from "@microsoft/microsoft-graph-client";
import type { Emulator, StoredBlob, Variations } from "../../src/emulator/index.js";
import { createAzureDevOpsClient } from "../../src/index.js";
import { clientOf } from "./graph.js";

/** An attachment as the service holds it. */
export interface Held {
  readonly id: string;
  readonly name?: string;
  readonly sha256: string;
  readonly via: "post" | "session";
}

/** Something that takes attachments: every scenario of the conformance suite runs on each. */
export interface Subject {
  readonly name: string;
  readonly vary: Partial<Variations>;
  /** Bytes of the largest file that is let through. */
  readonly limit: number;
  /** Bytes of the largest range. */
  readonly rangeLimit: number;
  /** What the service has no such thing as: scenarios about it do not concern this subject. */
  readonly lacks: ReadonlySet<"status" | "list" | "cancel" | "gone" | "html">;
  /** What a task's status answers besides its offset. */
  readonly expires: unknown;
  client(emulator: Emulator): Client;
  add(emulator: Emulator): { readonly id: string; readonly path: string };
  /** The body of one POST that attaches, and where it goes; absent: the item takes none. */
  readonly whole?: (path: string, name: string, bytes: Buffer) => { url: string; body: unknown };
  held(emulator: Emulator, item: { readonly id: string }): Held[];
  /** Puts another file of this name there before. */
  older(emulator: Emulator, item: { readonly id: string }, name: string): void;
  /** Sessions that are open and could have been discarded. */
  open(emulator: Emulator): unknown[];
}

const base = (type: string) => ({
  vary: {},
  lacks: new Set<never>(),
  limit: 157_286_400,
  rangeLimit: 3_999_999,
  expires: expect.any(String),
  client: clientOf,
  whole: (path: string, name: string, bytes: Buffer) => ({
    url: `${path}/attachments`,
    body: { "@odata.type": type, name, contentBytes: bytes.toString("base64") },
  }),
  held: (emulator: Emulator, { id }: { id: string }) => emulator.attachments(id),
  older: (emulator: Emulator, { id }: { id: string }, name: string) =>
    void emulator.addAttachment(id, { name, bytes: Buffer.from("of the same name, but older") }),
  open: (emulator: Emulator) => emulator.sessions.filter(({ state }) => state === "open"),
});
const outlook = base("#microsoft.graph.fileAttachment");
const todo = { ...base("#microsoft.graph.taskFileAttachment"), limit: 26_214_400 };

const azureDevOps = {
  vary: { azureReplay: "refuse" as const },
  limit: Infinity, // as on any Server
  rangeLimit: 130_000_000,
  lacks: new Set(["status", "list", "cancel", "gone", "html"] as const),
  expires: undefined,
  client: ({ azureDevOps: { organizationUrl, personalAccessToken }, clientOptions: { fetchOptions } }: Emulator) =>
    createAzureDevOpsClient({ organizationUrl, personalAccessToken, fetchOptions }),
  older: () => {},
  open: () => [],
};

const heldBlob = (blob: StoredBlob, name?: string): Held => ({
  ...blob,
  name,
  via: blob.chunks > 0 ? "session" : "post",
});

const workItem: Subject = {
  ...azureDevOps,
  name: "an Azure DevOps work item",
  add({ azureDevOps }) {
    const { id, path } = azureDevOps.addWorkItem();
    return { id: String(id), path };
  },
  held: ({ azureDevOps }, { id }) =>
    azureDevOps.workItem(Number(id)).relations.map(({ url, attributes }) => {
      const blob = azureDevOps.blob(/attachments\/([^/?]+)/.exec(url)![1]!);
      return heldBlob(blob, String(attributes["name"]));
    }),
};

/** Attachments that no work item links to yet. */
const project: Subject = {
  ...azureDevOps,
  name: "an Azure DevOps project",
  add: () => ({ id: "MyProject", path: "/MyProject/_apis/wit/attachments" }),
  whole: (path, name, bytes) => ({ url: `${path}?fileName=${name}`, body: bytes }),
  held: ({ azureDevOps }) => azureDevOps.attachments().map((blob) => heldBlob(blob, blob.fileName)),
};

export const subjects: readonly Subject[] = [
  { ...outlook, name: "an Outlook message", add: (emulator) => emulator.addMessage() },
  { ...outlook, name: "an Outlook event", add: (emulator) => emulator.addEvent() },
  { ...todo, name: "a To Do task", add: (emulator) => emulator.addTask() },
  workItem,
];

/** Everything that a whole file is uploaded to without faults. */
export const everything: readonly Subject[] = [...subjects, project];

/** Subjects with what the sources dispute about doubts: whether a session tells its status, or a replay is taken. */
export const disputed: readonly Subject[] = [
  ...subjects,
  { ...subjects[0]!, name: "an Outlook message whose session refuses GET with 404", vary: { outlookStatus: 404 } },
  { ...subjects[0]!, name: "an Outlook message whose session refuses GET with 405", vary: { outlookStatus: 405 } },
  { ...workItem, name: "an Azure DevOps work item whose chunks may be replayed", vary: { azureReplay: "accept" } },
];

/** An emulator on which nothing has been varied yet takes a subject's side of what is disputed. */
export function take(emulator: Emulator, { vary }: Subject): void {
  emulator.vary({ outlookStatus: 200, azureReplay: "refuse", ...vary });
}
