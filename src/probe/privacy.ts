/** Names of members whose values belong to the tenant. */
const own = /id$|name|mail|address|url|token|key$|title|content|text|etag|ctag|path|^value$|subject|message/i;

/** Remembers what answers say of the tenant, so that no line and no report repeats it. */
export class Privacy {
  readonly #hidden = new Map<string, string>();

  hide(text: string | undefined, as: string): void {
    if (text !== undefined && text.length > 2) this.#hidden.set(text, as);
  }

  /** Remembers the ids, names, addresses and URLs in an answer. */
  learn(value: unknown, key = ""): void {
    if (typeof value === "string") {
      if (own.test(key) && key !== "resourceName" && value.length > 5 && value.length < 10_000) this.hide(value, "{…}");
    } else if (Array.isArray(value)) for (const each of value) this.learn(each, key);
    else if (typeof value === "object" && value !== null) {
      for (const [name, each] of Object.entries(value)) this.learn(each, name);
    }
  }

  /** True if a text repeats something of the tenant. */
  holds(text: string): boolean {
    return [...this.#hidden.keys()].some((secret) => text.includes(secret));
  }

  /** A line without what is hidden, also where it is encoded. */
  shorten(text: string): string {
    let rest = text;
    for (const [secret, as] of this.#hidden) {
      rest = rest.replaceAll(secret, as).replaceAll(encodeURIComponent(secret), as);
    }
    return rest;
  }
}
