import type { ChatMember } from "../api.js";
import { guidOf } from "../ids.js";
import { userId, userName } from "../items/store.js";

/** An attachment as it was posted. */
export interface PostedAttachment {
  readonly id: string;
  readonly contentType: string;
  readonly contentUrl?: string;
  readonly name?: string;
}

export interface StoredMessage {
  readonly id: string;
  readonly replyToId?: string;
  readonly created: string;
  readonly body: { readonly contentType: "text" | "html"; readonly content: string };
  readonly subject?: string;
  readonly attachments: readonly PostedAttachment[];
}

/** A chat with its members, or a channel with its team. */
export interface Place {
  readonly id: string;
  readonly created: string;
  readonly team?: string;
  readonly name?: string;
  readonly members: readonly ChatMember[];
  readonly messages: StoredMessage[];
  /** The number of requests for its folder that got 404. */
  unreadyFolders: number;
}

/** The only team. Its group has the same id (documented). */
const team = guidOf("team");

/** Chats and channels. Ids derive from counters, so runs are repeatable. */
export class TeamsStore {
  readonly places = new Map<string, Place>();
  private count = 0;

  constructor(private readonly now: () => number) {}

  addChat(addresses: readonly string[]): Place {
    const members = addresses.map((email) => ({ userId: guidOf(`user ${email}`), email }));
    return this.add(`19:${guidOf(`chat ${++this.count}`).replace(/-/g, "")}@thread.v2`, {
      members: [{ userId, email: userName }, ...members],
    });
  }

  addChannel(name: string): Place {
    return this.add(`19:${guidOf(`channel ${++this.count}`).replace(/-/g, "")}@thread.tacv2`, {
      team,
      name,
      members: [],
    });
  }

  /** The channel General, with which a team begins. */
  primaryChannel(team: string | undefined): Place | undefined {
    return [...this.places.values()].find((place) => place.team === team?.toLowerCase() && place.name === "General");
  }

  /** Adds a message. Its id is a unique time in milliseconds. */
  addMessage(place: Place, init: Omit<StoredMessage, "id" | "created">): StoredMessage {
    const message = { id: String(1616990032035 + ++this.count), created: this.timestamp(), ...init };
    place.messages.push(message);
    return message;
  }

  clear(): void {
    this.places.clear();
  }

  private add(id: string, init: Pick<Place, "members" | "team" | "name">): Place {
    const place = { id, created: this.timestamp(), messages: [], unreadyFolders: 0, ...init };
    this.places.set(id, place);
    return place;
  }

  private timestamp(): string {
    return new Date(this.now()).toISOString();
  }
}
