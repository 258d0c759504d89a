import type { StepOutcome } from "graph-large-attachments/emulator";

/** The data of the page. Requests may have set any part of it, so the page shows it as text and never as markup. */
export interface Snapshot {
  readonly items: readonly ShownItem[];
  readonly uploads: readonly ShownUpload[];
  readonly timelines: readonly Timeline[];
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
  readonly label: string;
  readonly range?: string;
  /** Bytes. */
  readonly received: number;
  readonly status?: number;
  readonly result: string;
  readonly outcome: StepOutcome;
  readonly fault?: string;
}

/** The requests of one file over time. */
export interface Timeline {
  readonly heading: string;
  readonly steps: readonly ShownStep[];
  /** Milliseconds from the first request to the end of the last. */
  readonly duration: number;
}

export interface ShownStep {
  readonly number: number;
  readonly label: string;
  readonly outcome: StepOutcome;
  readonly result: string;
  /** Milliseconds after the first request. */
  readonly from: number;
  readonly to: number;
}

/** A request and its answer as text, without secrets. */
export interface ShownExchange {
  readonly title: string;
  readonly request: string;
  readonly answer: string;
}
