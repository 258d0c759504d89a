import type { Emulator, Item, Variations } from "../../src/emulator/index.js";

/** Something that takes attachments: every scenario of the conformance suite runs on each. */
export interface Subject {
  readonly name: string;
  readonly type: "#microsoft.graph.fileAttachment" | "#microsoft.graph.taskFileAttachment";
  add(emulator: Emulator): Item;
}

const file = "#microsoft.graph.fileAttachment";

export const subjects: readonly Subject[] = [
  { name: "an Outlook message", type: file, add: (emulator) => emulator.addMessage() },
  { name: "an Outlook event", type: file, add: (emulator) => emulator.addEvent() },
  { name: "a To Do task", type: "#microsoft.graph.taskFileAttachment", add: (emulator) => emulator.addTask() },
];

/** Subjects with what the sources dispute about asking a session for its status. */
export const disputed: readonly (Subject & { readonly vary: Partial<Variations> })[] = [
  ...subjects.map((subject) => ({ ...subject, vary: { outlookStatus: 200 as const } })),
  { ...subjects[0]!, name: "an Outlook message whose session refuses GET with 404", vary: { outlookStatus: 404 } },
  { ...subjects[0]!, name: "an Outlook message whose session refuses GET with 405", vary: { outlookStatus: 405 } },
];
