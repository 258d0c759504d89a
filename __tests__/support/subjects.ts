import type { Client } from "@microsoft/microsoft-graph-client";
import type { DriveFixture, Emulator, StoredBlob, Variations } from "../../src/emulator/index.js";
import type { RequestKind } from "../../src/emulator/api.js";
import { defaultVariations } from "../../src/emulator/variations.js";
import { createAzureDevOpsClient } from "../../src/index.js";
import { clientOf, sha256 } from "./graph.js";

/** An attachment as the service holds it. */
export interface Held {
  readonly id: string;
  readonly name?: string;
  readonly sha256: string;
  readonly via: "post" | "session";
}

type Absent = "status" | "list" | "cancel" | "gone" | "html" | "names" | "many" | "turns" | "post" | "rivals";

/** Something that takes attachments: every scenario of the conformance suite runs on each. */
export interface Subject {
  readonly name: string;
  readonly vary: Partial<Variations>;
  /** Bytes of the largest file that is let through. */
  readonly limit: number;
  /** The largest `rangeSize` in bytes that is not refused. */
  readonly rangeLimit: number;
  /** Bytes of the ranges of the scenarios, from which the sizes of their files follow. */
  readonly range: number;
  /** How many ranges are under way at once. */
  readonly parallel: number;
  /** Options of a file: its name where the URL does not say it, and those that let it stand next to an older one. */
  readonly about: { readonly name?: string; readonly conflictBehavior?: "replace" | "rename" };
  /** Which request tells what there is already. */
  readonly listing: RequestKind;
  /**
   * Features that the service does not have, so that scenarios about them do not concern this subject. "names": files of any name;
   * "many": several files; "turns": uploads that run one after another; "post": one request for a whole file; "rivals": a
   * second session for a file beside one that is open.
   */
  readonly lacks: ReadonlySet<Absent>;
  /** Members of a task's status besides its offset. */
  readonly expires: unknown;
  client(emulator: Emulator): Client;
  add(emulator: Emulator): { readonly id: string; readonly path: string };
  /** The body of one POST that attaches, and where it goes; absent: the item takes none. */
  readonly whole?: (path: string, name: string, bytes: Buffer) => { url: string; body: unknown };
  /** By the names that were asked for. */
  held(emulator: Emulator, item: { readonly id: string }): Held[];
  /** Puts another file of this name there before, where there can be one. */
  older(emulator: Emulator, item: { readonly id: string }, name: string): void;
  /** Sessions that are open and could have been discarded. */
  open(emulator: Emulator): unknown[];
}

const usual = {
  vary: {},
  lacks: new Set<Absent>(),
  range: 40_000,
  parallel: 1,
  about: { name: "a.bin" },
  listing: "list" as const,
  expires: expect.any(String) as unknown,
  client: clientOf,
  open: (emulator: Emulator) => emulator.sessions.filter(({ state }) => state === "open"),
};
const OLDER = Buffer.from("of the same name, but older");

const base = (type: string) => ({
  ...usual,
  limit: 157_286_400,
  rangeLimit: 3_999_999,
  whole: (path: string, name: string, bytes: Buffer) => ({
    url: `${path}/attachments`,
    body: { "@odata.type": type, name, contentBytes: bytes.toString("base64") },
  }),
  held: (emulator: Emulator, { id }: { id: string }) => emulator.attachments(id),
  older: (emulator: Emulator, { id }: { id: string }, name: string) =>
    void emulator.addAttachment(id, { name, bytes: OLDER }),
});
const outlook = base("#microsoft.graph.fileAttachment");
const todo = { ...base("#microsoft.graph.taskFileAttachment"), limit: 26_214_400 };

const azureDevOps = {
  ...usual,
  vary: { azureReplay: "refuse" as const },
  limit: Infinity, // as on any Server
  rangeLimit: 130_000_000,
  lacks: new Set<Absent>(["status", "list", "cancel", "gone", "html"]),
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

let folders = 0;
const newFolder = () => `/Reports ${++folders}`;
const nameOf = (path: string) => path.slice(path.lastIndexOf("/") + 1);
const older = sha256(OLDER);

/** Files of a drive, each in a folder of its own, which is their id here. */
const inDrive = (drive: (emulator: Emulator) => DriveFixture = (emulator) => emulator.drive) => ({
  ...usual,
  limit: 268_435_456_000,
  rangeLimit: 62_914_559, // rounded down to 191 × 320 KiB
  range: 327_680,
  held: (emulator: Emulator, { id: folder }: { id: string }): Held[] =>
    drive(emulator)
      .files()
      .filter(({ filePath, sha256 }) => filePath.startsWith(`${folder}/`) && sha256 !== older)
      .map(({ id, filePath, sha256, via }) => ({ id, name: nameOf(filePath).replace(/ \d+(?=\.)/, ""), sha256, via })),
  older: (emulator: Emulator, { id: folder }: { id: string }, name: string) =>
    void drive(emulator).addFile(`${folder}/${name}`, OLDER),
});

const byPath: Subject = {
  ...inDrive(),
  name: "a file of OneDrive by its path",
  listing: "read",
  lacks: new Set(["names", "many", "turns", "rivals"]),
  add() {
    const id = newFolder();
    return { id, path: `/me/drive/root:${id.replace(" ", "%20")}/a.bin:` };
  },
  older: () => {}, // by default none is replaced
};

const byId: Subject = {
  ...byPath,
  name: "a OneDrive item by its id",
  about: {},
  add({ drive }) {
    const id = newFolder();
    return { id, path: drive.addFile(`${id}/a.bin`, OLDER).path };
  },
};

const inSite = inDrive(({ drive }) => drive.of("/sites/contoso.sharepoint.com,5a58,9f0e/drive"));
const children: Subject = {
  ...inSite,
  name: "a file in a SharePoint folder's children",
  vary: { driveSecondSession: "accept" },
  about: { name: "a.bin", conflictBehavior: "rename" },
  lacks: new Set(["turns"]),
  add({ drive }) {
    const id = newFolder();
    return { id, path: `${drive.of("/sites/contoso.sharepoint.com,5a58,9f0e/drive").addFolder(id).path}/children` };
  },
};

const personal: Subject = {
  ...byPath,
  name: "a file of a personal drive that replaces another",
  vary: { driveKind: "personal" },
  about: { name: "a.bin", conflictBehavior: "replace" },
  older: inDrive().older,
};

const printDocument: Subject = {
  ...usual,
  name: "a print document",
  limit: Infinity, // none is stated
  rangeLimit: 9_999_999,
  range: 10_000,
  parallel: 4,
  listing: "read",
  lacks: new Set(["many", "turns", "post"]),
  add: ({ print }) => print.addDocument(),
  held({ print }, { id }) {
    const { name, sha256 } = print.document(id);
    return sha256 === undefined ? [] : [{ id, name, sha256, via: "session" }];
  },
  older: () => {},
};

export const subjects: readonly Subject[] = [
  { ...outlook, name: "an Outlook message", add: (emulator) => emulator.addMessage() },
  { ...outlook, name: "an Outlook event", add: (emulator) => emulator.addEvent() },
  { ...todo, name: "a To Do task", add: (emulator) => emulator.addTask() },
  workItem,
  ...[byPath, byId, children, personal, printDocument],
];

/** One subject of each protocol, where a rule is the same for all that the protocol uploads to. */
export const oneOfEach: readonly Subject[] = [subjects[0]!, subjects[2]!, workItem, byPath, printDocument];

/** Everything that a whole file is uploaded to without faults. */
export const everything: readonly Subject[] = [...subjects, project];

/** Subjects with what the sources dispute about doubts: whether a session tells its status, or a replay is taken. */
export const disputed: readonly Subject[] = [
  ...subjects,
  { ...subjects[0]!, name: "an Outlook message whose session refuses GET with 404", vary: { outlookStatus: 404 } },
  { ...subjects[0]!, name: "an Outlook message whose session refuses GET with 405", vary: { outlookStatus: 405 } },
  { ...workItem, name: "an Azure DevOps work item whose chunks may be replayed", vary: { azureReplay: "accept" } },
  {
    ...byPath,
    name: "a file of a drive whose sessions tell several ranges, and the first of them when asked",
    vary: { driveCreateRanges: "0-", driveRanges: "several", driveStatusRanges: "first" },
  },
  {
    ...children,
    name: "a file of a drive whose sessions tell no ranges when asked, and end when they were to",
    vary: {
      ...{ driveSecondSession: "accept", driveRanges: "closed", driveStatusRanges: "absent", driveExpiry: "fixed" },
      driveRefusalStatus: 400,
    },
  },
  {
    ...personal,
    name: "a file of a personal drive that tells of taken names at once, and of crooked ranges at the end",
    vary: { driveKind: "personal", driveConflict: "atCreate", driveMisaligned: "atCommit" },
  },
  {
    ...printDocument,
    name: "a print document that is uploaded once and no more",
    vary: { printSecondSession: "refuse", printRefusalStatus: 416 },
  },
];

/** A new emulator, or one whose items are of no more use, takes a subject's side of what is disputed. */
export function take(emulator: Emulator, { vary }: Subject): void {
  emulator.reset();
  emulator.vary({ ...defaultVariations, azureReplay: "refuse", ...vary });
}
