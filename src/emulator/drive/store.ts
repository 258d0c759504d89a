import type { DrivePermission } from "../api.js";
import type { Content } from "../content.js";
import { guidOf, lettersOf } from "../ids.js";
import { userId, userName } from "../items/store.js";
import type { UploadSession } from "../uploadSession.js";

export interface Drive {
  readonly id: string;
  /** The path that a client appends to the API version. */
  readonly path: string;
  /** The site or personal page that holds it, with a slash at the end. */
  readonly webUrl: string;
  readonly root: DriveItem;
  readonly items: Map<string, DriveItem>;
  /** Deleted items, for `delta`. */
  readonly removed: Map<string, DriveItem>;
  quota: number;
}

/** A file if it has content, otherwise a folder. */
export interface DriveItem {
  readonly id: string;
  readonly guid: string;
  readonly listItemId: string;
  readonly drive: Drive;
  /** Undefined for the root. */
  parent?: DriveItem;
  name: string;
  content?: Content;
  via: "post" | "session";
  /** Counts changes, for the eTag. */
  version: number;
  /** Counts changes of the bytes, for the cTag. */
  contentVersion: number;
  /** The number of its last change or of one below it, for `delta`. */
  changed: number;
  readonly created: string;
  modified: string;
  description?: string;
  fileSystemInfo?: Record<string, unknown>;
  readonly permissions: DrivePermission[];
}

export type Owner = "me" | "users" | "groups" | "sites";
export type ConflictBehavior = "fail" | "replace" | "rename";

/** The place of a new file: its folder and name. */
export interface Destination {
  readonly drive: Drive;
  readonly folder: DriveItem;
  readonly name: string;
  readonly behavior: ConflictBehavior;
}

export interface StoredDriveSession extends Destination, UploadSession {
  /** The item's address in the request, without the API version. */
  readonly path: string;
  /** Path and query of `uploadUrl`, for comparison. */
  readonly target: string;
  readonly deferCommit: boolean;
  readonly description?: string;
  readonly fileSystemInfo?: Record<string, unknown>;
  /** Bytes of the whole file, if the client stated them at the start. */
  readonly fileSize?: number;
  /** Milliseconds since 1970. */
  readonly created: number;
  expires: number;
  /** Bytes of the whole file. The first range states them. */
  total?: number;
  pieces: Buffer[];
  offset: number;
  misaligned: boolean;
  ended?: "complete" | "deleted";
  /** Requests for another session of its name that it has refused since it was deleted. */
  holds: number;
  /** Takes one range and refuses the next one for good. */
  readonly poisoned: boolean;
}

/** The default of a business drive: 1 TiB. */
const defaultQuota = 1024 ** 4;

/** Changes that are not reported yet, and the number of the last one. */
export interface PendingDelta {
  readonly items: readonly DriveItem[];
  readonly last: number;
}

/** All drives. Each one is created at its first use. Ids derive from counters and names, so runs are repeatable. */
export class DriveStore {
  readonly drives = new Map<string, Drive>();
  sessions: StoredDriveSession[] = [];
  /** Requests that were redirected because there were too many. */
  throttled = 0;
  /** Ranges that have arrived. */
  ranges = 0;
  /** The pages of `delta` that nobody has read yet, by token. */
  readonly deltas = new Map<string, PendingDelta>();
  /** The addresses of copies to the ids of their items. */
  readonly copies = new Map<string, string>();
  private count = 0;
  private changes = 0;

  constructor(
    private readonly now: () => number,
    private readonly kind: () => "business" | "personal",
  ) {}

  next(): number {
    return ++this.count;
  }

  timestamp(): string {
    return new Date(this.now()).toISOString().replace(/\.\d+Z$/, "Z");
  }

  byId(id: string): Drive | undefined {
    return [...this.drives.values()].find((drive) => drive.id.toLowerCase() === id.toLowerCase());
  }

  /** The drive of the signed-in user, or of any user, group or site. */
  ownedBy(owner: Owner = "me", id = userId): Drive {
    const lower = id.toLowerCase();
    const mine = owner === "me" || (owner === "users" && [userId, userName].includes(lower));
    const key = mine ? "me" : `${owner} ${lower}`;
    const known = this.drives.get(key);
    if (known) return known;
    const drive = this.makeDrive(key, mine ? "/me/drive" : `/${owner}/${encodeURIComponent(id)}/drive`);
    this.drives.set(key, drive);
    return drive;
  }

  makeItem(parent: DriveItem, name: string): DriveItem {
    const item = this.newItem(parent.drive, name, parent);
    parent.drive.items.set(item.id, item);
    this.note(item);
    return item;
  }

  keepDelta(pending: PendingDelta): string {
    const token = `page-${this.deltas.size + 1}`;
    this.deltas.set(token, pending);
    return token;
  }

  /** Notes a change of an item and of the folders above it, for `delta`. */
  note(item: DriveItem): void {
    if (item.parent) this.note(item.parent);
    item.changed = ++this.changes;
  }

  /** The number of the last change. */
  get lastChange(): number {
    return this.changes;
  }

  clear(): void {
    this.copies.clear();
    this.deltas.clear();
    this.drives.clear();
    this.sessions = [];
    this.ranges = 0;
    this.throttled = 0;
  }

  private makeDrive(key: string, path: string): Drive {
    const personal = this.kind() === "personal";
    const id = personal
      ? guidOf(key).replace(/-/g, "").slice(0, 16).toUpperCase()
      : `b!${Buffer.from(guidOf(`drive ${key}`)).toString("base64url")}_-`;
    const drive = {
      id,
      path,
      webUrl: webUrlOf(key, id, personal),
      items: new Map(),
      removed: new Map(),
      quota: defaultQuota,
    };
    const root = this.newItem(drive as unknown as Drive, "root");
    drive.items.set(root.id, root);
    return Object.assign(drive, { root });
  }

  private newItem(drive: Drive, name: string, parent?: DriveItem): DriveItem {
    const number = this.next();
    const seed = `${drive.id} ${number}`;
    const time = this.timestamp();
    return {
      id: this.kind() === "personal" ? `${drive.id}!${100 + number}` : `01${lettersOf(seed, 32)}`,
      guid: guidOf(seed).toUpperCase(),
      listItemId: String(number),
      ...{ drive, parent, name, via: "post", created: time, modified: time, permissions: [] },
      ...{ version: 1, contentVersion: 1, changed: ++this.changes },
    };
  }
}

/** Addresses on the hosts of real drives. Nothing listens there. */
function webUrlOf(key: string, id: string, personal: boolean): string {
  if (personal) return `https://d.docs.live.net/${id.toLowerCase()}/`;
  const [owner, name = "megan_contoso_example"] = key.split(" ");
  return owner === "groups" || owner === "sites"
    ? `https://contoso.sharepoint.com/sites/${guidOf(name).slice(0, 8)}/Shared%20Documents/`
    : `https://contoso-my.sharepoint.com/personal/${name.replace(/[^a-z0-9]/g, "_")}/Documents/`;
}
