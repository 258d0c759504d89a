import type { Emulator, EmulatorOptions, Variations } from "../../../src/emulator/index";
import { defaultVariations } from "../../../src/emulator/variations";
import { sampleBytes, startBench, type Bench } from "../support";

/** Every range but the last is a multiple of this. Bytes. */
export const unit = 327_680;
/** Two whole units and a rest. */
export const bytes = sampleBytes(2 * unit + 100);

/** A bench for each file of tests, empty before each test. */
export function useDrive(options?: EmulatorOptions): Bench & { readonly vary: (changes: Partial<Variations>) => void } {
  let bench: Bench;
  beforeAll(async () => {
    bench = await startBench(options);
  });
  beforeEach(() => bench.emulator.reset());
  afterAll(() => bench.emulator.close());
  return {
    get emulator(): Emulator {
      return bench.emulator;
    },
    send: (url, init) => bench.send(url, init),
    graph: (method, path, body) => bench.graph(method, path, body),
    /** Until the end of the test. */
    vary: (changes) => {
      bench.emulator.vary(changes);
      undo.push(() => bench.emulator.vary(defaults(changes)));
    },
  };
}

const undo: (() => void)[] = [];
afterEach(() => undo.splice(0).forEach((step) => step()));

const defaults = (changes: Partial<Variations>): Partial<Variations> =>
  Object.fromEntries(Object.keys(changes).map((name) => [name, defaultVariations[name as keyof Variations]]));

/** Opens a session and gives its URL. */
export async function open({ graph }: Bench, path: string, body?: object): Promise<string> {
  const response = await graph("POST", `${path}/createUploadSession`, body);
  expect(response.status).toBe(200);
  return ((await response.json()) as { uploadUrl: string }).uploadUrl;
}

/** The init of a PUT of bytes start to end (exclusive) as drives want it: no Content-Type is needed. */
export const part = (
  start: number,
  end: number,
  headers: Record<string, string> = {},
  of: Uint8Array = bytes,
): RequestInit => ({
  method: "PUT",
  headers: { "content-range": `bytes ${start}-${end - 1}/${of.length}`, ...headers },
  body: new Uint8Array(of.subarray(start, end)),
});

/** Sends all of a file and gives the last answer. */
export async function sendAll({ send }: Bench, url: string, of: Uint8Array = bytes): Promise<Response> {
  for (let start = 0; ; start += unit) {
    const end = Math.min(start + unit, of.length);
    const response = await send(url, part(start, end, {}, of));
    if (end === of.length) return response;
    expect(response.status).toBe(202);
  }
}

export interface ItemJson {
  readonly id: string;
  readonly name: string;
  readonly size: number;
  readonly eTag: string;
  readonly cTag: string;
  readonly webUrl: string;
  readonly webDavUrl?: string;
  readonly parentReference: { readonly driveId: string; readonly id: string; readonly path: string };
  readonly [key: string]: unknown;
}

export const read = async <T>(response: Promise<Response> | Response): Promise<T> =>
  (await (await response).json()) as T;
