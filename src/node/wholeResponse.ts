const utf8 = new TextDecoder();

/**
 * A `Response` whose bytes are all here. Its text is read without the streams that a `Response` makes otherwise, which for a
 * range cost more than the request itself. Everything else is left to such a `Response`.
 */
export class WholeResponse extends Response {
  readonly #bytes: Buffer | null;
  readonly #init: ResponseInit;
  #other: Response | undefined;
  #used = false;

  /** `bytes`: `null` if a response of this status has no body. */
  constructor(bytes: Buffer | null, init: ResponseInit) {
    super(null, init);
    this.#bytes = bytes;
    this.#init = init;
  }

  /** The same with streams. */
  get #streams(): Response {
    if (!this.#other) {
      this.#other = new Response(this.#bytes === null ? null : new Uint8Array(this.#bytes), this.#init);
      if (this.#used) void this.#other.text();
    }
    return this.#other;
  }

  override get body() {
    return this.#streams.body;
  }

  override get bodyUsed(): boolean {
    return this.#other?.bodyUsed ?? this.#used;
  }

  override async text(): Promise<string> {
    if (this.#other || this.#used || this.#bytes === null) return this.#streams.text();
    this.#used = true;
    return utf8.decode(this.#bytes);
  }

  override async json() {
    return this.#streams.json();
  }

  override arrayBuffer(): Promise<ArrayBuffer> {
    return this.#streams.arrayBuffer();
  }

  override blob(): Promise<Blob> {
    return this.#streams.blob();
  }

  override formData(): Promise<FormData> {
    return this.#streams.formData();
  }

  override clone(): Response {
    return this.#streams.clone();
  }
}
