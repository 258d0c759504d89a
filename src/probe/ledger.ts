/** Something that the probe made, or is about to make. */
export interface Made {
  /** The words by which a person finds it. */
  readonly what: string;
  /** Deletes it. Resolves to false if it may still be there. */
  undo(): Promise<boolean>;
  /** Requests that this takes, at most in the usual case. */
  readonly requests: number;
}

/** Items that the probe made, recorded before the request that makes it. */
export class Ledger {
  readonly #entries: Made[] = [];

  /** Returns a function that strikes the entry off: it was not made, or is deleted. */
  add(made: Made): () => void {
    this.#entries.push(made);
    return () => this.#strike(made);
  }

  /** Requests that it takes to delete everything. */
  get requests(): number {
    return this.#entries.reduce((sum, { requests }) => sum + requests, 0);
  }

  /** Deletes the items that `ofOne` experiment made, the last one first. Items that cannot be deleted wait for the end. */
  async clearUp(ofOne: ReadonlySet<Made>): Promise<void> {
    for (const made of this.#entries.filter((each) => ofOne.has(each)).reverse()) {
      if (await isGone(made)) this.#strike(made);
    }
  }

  /** Deletes everything, the last first. Returns what may still be there. */
  async clear(): Promise<string[]> {
    const left: string[] = [];
    for (const made of this.#entries.splice(0).reverse()) {
      const gone = (await isGone(made)) || (await isGone(made));
      if (!gone) left.push(made.what);
    }
    return left;
  }

  #strike(made: Made): void {
    const index = this.#entries.indexOf(made);
    if (index >= 0) this.#entries.splice(index, 1);
  }
}

const isGone = (made: Made): Promise<boolean> => made.undo().catch(() => false);
