import { sampleBytes, type Bench } from "../support";

export const bytes = sampleBytes(3000);

/** Recipients or attendees in Graph's form. */
export const people = (...addresses: string[]): object[] => addresses.map((address) => ({ emailAddress: { address } }));

export const fileAttachment = (name: string, content: Buffer = bytes, more: object = {}): object => ({
  "@odata.type": "#microsoft.graph.fileAttachment",
  name,
  contentBytes: content.toString("base64"),
  ...more,
});

/** A request to the Graph origin with more headers. */
export const ask = (
  { emulator, send }: Bench,
  method: string,
  path: string,
  headers: Record<string, string>,
  body?: BodyInit,
): Promise<Response> =>
  send(`${emulator.graphUrl}v1.0${path}`, {
    method,
    headers: { authorization: `Bearer ${emulator.token}`, ...headers },
    body,
  });

export const immutable = { prefer: 'IdType="ImmutableId"' };

/** The JSON of an answer. */
export const read = async (response: Response | Promise<Response>): Promise<Record<string, unknown> & { id: string }> =>
  (await (await response).json()) as Record<string, unknown> & { id: string };

/** Waits until the emulator has seen so many requests. */
export async function arrived({ emulator }: Bench, count: number): Promise<void> {
  while (emulator.requests.length < count) await new Promise((resolve) => setImmediate(resolve));
}
