import type { DriveFile } from "../drive/types.js";
import type { Item } from "../types.js";

/** A file that a message refers to, and what it refers to. */
export interface TeamsAttachment {
  readonly id: string;
  readonly name: string;
  readonly contentUrl: string;
  /** The file as it is now; undefined where it was deleted since. */
  readonly file?: DriveFile;
  /** Who may read it besides its owner: those invited to it or a folder above it, by address or object id. */
  readonly readers: readonly string[];
}

/** A message of a chat or channel as a test sees it. */
export interface TeamsMessage {
  readonly id: string;
  /** The id of the message that it replies to. */
  readonly replyToId?: string;
  readonly contentType: "text" | "html";
  readonly content: string;
  readonly subject?: string;
  readonly attachments: readonly TeamsAttachment[];
}

export interface ChatMember {
  readonly userId: string;
  readonly email: string;
}

/** A chat or channel; `path` is what a client appends to the API version. */
export interface Channel extends Item {
  /** The path of the drive that its files are in: that of its team's group. */
  readonly drivePath: string;
}

/** Teams as a test sees it from outside. */
export interface TeamsFixture {
  /** A chat of the signed-in user with these, by address. @default one colleague */
  addChat(init?: { readonly members?: readonly string[] }): Item & { readonly members: readonly ChatMember[] };
  /** A channel in the one team. @default "General" */
  addChannel(init?: { readonly name?: string }): Channel;
  /** What was posted there, oldest first, replies among them. Throws for what is not there. */
  messages(reference: Item | string): TeamsMessage[];
}
