/** A request as it leaves. */
export interface Outgoing {
  readonly url: URL;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
  readonly signal?: AbortSignal;
  readonly redirect?: RequestRedirect;
}

const NOTHING = new Uint8Array(0);

/** The bytes of a body, not copied where they are bytes already. Its media type goes into the headers that name none. */
export async function readBody(body: unknown, headers: Record<string, string>): Promise<Uint8Array> {
  if (body === undefined || body === null) return NOTHING;
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
  const whole = new Response(body as BodyInit);
  const type = whole.headers.get("Content-Type");
  if (type !== null) headers["content-type"] ??= type;
  return new Uint8Array(await whole.arrayBuffer());
}
