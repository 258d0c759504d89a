/** The data of the page. Requests may have set any part of it, so the page shows it as text and never as markup. */
export interface Snapshot {
  readonly items: readonly ShownItem[];
  readonly uploads: readonly ShownUpload[];
  readonly requests: readonly ShownRequest[];
  /** Labels of faults that have not happened yet. */
  readonly faults: readonly string[];
  /** True while every range takes a second. */
  readonly slow: boolean;
  /** Lines that set the environment of a shell. */
  readonly environment: string;
}

export interface ShownItem {
  readonly kind: ItemKind | "sent mail" | "drive";
  readonly title: string;
  readonly path: string;
  readonly attachments: readonly ShownFile[];
  /** The command line that attaches a file to it. */
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
  /** Bytes that are stored, that are arriving, and of the whole file if it is known. */
  readonly stored: number;
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
