import type { Content } from "../content.js";
import { guidOf } from "../ids.js";

export interface StoredDocument {
  readonly id: string;
  readonly printer: string;
  readonly share: string;
  readonly job: string;
  name?: string;
  contentType?: string;
  content?: Content;
  uploaded?: string;
  sessions: number;
}

/** Bytes that were received; `end` is inclusive. */
export interface Piece {
  readonly start: number;
  readonly end: number;
  readonly bytes: Buffer;
}

export interface StoredPrintSession {
  readonly id: string;
  readonly document: StoredDocument;
  /** As the request addressed the document. */
  readonly path: string;
  readonly name: string;
  readonly contentType: string;
  readonly size: number;
  readonly uploadUrl: string;
  /** Milliseconds since 1970. */
  readonly expires: number;
  /** In order of their place in the file, and none over another. */
  pieces: Piece[];
  ended?: "complete" | "deleted";
}

/** The one printer, its share, and the documents of its jobs. Ids follow from counters, so that runs can be repeated. */
export class PrintStore {
  readonly documents = new Map<string, StoredDocument>();
  sessions: StoredPrintSession[] = [];
  private count = 0;

  newId(): string {
    return guidOf(`print ${++this.count}`);
  }

  addDocument(): StoredDocument {
    const job = String(100 + this.documents.size);
    const document = {
      ...{ id: this.newId(), printer: guidOf("printer"), share: guidOf("printer share"), job, sessions: 0 },
    };
    this.documents.set(document.id, document);
    return document;
  }

  clear(): void {
    this.documents.clear();
    this.sessions = [];
  }
}
