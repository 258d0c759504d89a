/** What the page shows, as it travels to it. All of it may come from requests, so all of it is text and never markup. */
export interface Snapshot {
  readonly items: readonly ShownItem[];
  readonly uploads: readonly ShownUpload[];
  readonly requests: readonly ShownRequest[];
  /** Faults that no request has met yet, in words. */
  readonly faults: readonly string[];
  /** Whether every range takes a second. */
  readonly slow: boolean;
  /** Lines that set the environment of a shell. */
  readonly environment: string;
}

export interface ShownItem {
  readonly kind: ItemKind | "sent mail" | "drive";
  readonly title: string;
  readonly path: string;
  readonly attachments: readonly ShownFile[];
  /** Attaches a file to it. */
  readonly command: string;
}

export type ItemKind = "message" | "event" | "task" | "work item" | "print document";

export interface ShownFile {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  readonly sha256: string;
}

export interface ShownUpload {
  readonly id: string;
  readonly service: string;
  readonly name: string;
  /** Bytes: that are kept, that arrive at the moment, and of the whole file where it is known. */
  readonly kept: number;
  readonly arriving: number;
  readonly size?: number;
  readonly state: string;
}

export interface ShownRequest {
  readonly number: number;
  readonly service: string;
  readonly method: string;
  readonly path: string;
  readonly kind: string;
  readonly range?: string;
  /** Bytes. */
  readonly received: number;
  readonly status?: number;
  readonly fault?: string;
}
