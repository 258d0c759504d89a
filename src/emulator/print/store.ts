import type { Content } from "../content.js";
import { guidOf } from "../ids.js";
import type { UploadSession } from "../uploadSession.js";

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

/** Received bytes. `end` is inclusive. */
export interface Piece {
  readonly start: number;
  readonly end: number;
  readonly bytes: Buffer;
}

export interface StoredPrintSession extends UploadSession {
  readonly document: StoredDocument;
  /** The document's address in the request, without the API version. */
  readonly path: string;
  readonly name: string;
  readonly contentType: string;
  readonly size: number;
  /** In the order of the file, without overlaps. */
  pieces: Piece[];
  ended?: "complete" | "deleted";
}

/** The only printer, its share, and the documents of its jobs. Ids derive from counters, so runs are repeatable. */
export class PrintStore {
  readonly documents = new Map<string, StoredDocument>();
  sessions: StoredPrintSession[] = [];
  private count = 0;
  private jobs = 0;

  newId(): string {
    return guidOf(`print ${++this.count}`);
  }

  addDocument(): StoredDocument {
    const job = String(100 + this.jobs++);
    const document = {
      ...{ id: this.newId(), printer: guidOf("printer"), share: guidOf("printer share"), job, sessions: 0 },
    };
    this.documents.set(document.id, document);
    return document;
  }

  removeJob(job: string): void {
    for (const [id, document] of this.documents) if (document.job === job) this.documents.delete(id);
  }

  clear(): void {
    this.documents.clear();
    this.jobs = 0;
    this.sessions = [];
  }
}
