import type { Item } from "../types.js";

/** A document of a print job as a test sees it; without `bytes` and `sha256` (hex) until it was uploaded. */
export interface PrintDocument extends Item {
  /** The same document by the printer's share. */
  readonly sharePath: string;
  readonly name?: string;
  readonly contentType?: string;
  readonly size: number;
  readonly bytes?: Buffer;
  readonly sha256?: string;
  /** How many sessions were opened for it. */
  readonly sessions: number;
}

/** Universal Print as a test sees it from outside. */
export interface PrintFixture {
  /** A document in a new job, without content; `path` goes by the printer. */
  addDocument(): Item;
  /** Throws for an id that is not there. */
  document(reference: Item | string): PrintDocument;
}
