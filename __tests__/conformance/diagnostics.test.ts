import { startEmulator, type Emulator } from "../../src/emulator/index.js";
import {
  UploadError,
  withLargeAttachments,
  type CheckpointStore,
  type UploadAttempt,
  type UploadSession,
} from "../../src/index.js";
import { fileOf, sha256 } from "../support/graph.js";
import { subjects, take } from "../support/subjects.js";

let emulator: Emulator;
beforeAll(async () => void (emulator = await startEmulator()));
beforeEach(() => emulator.reset());
afterEach(() => emulator.verifyFaults());
afterAll(() => emulator.close());

class Memory implements CheckpointStore {
  readonly kept = new Map<string, string>();
  load(key: string): UploadSession | undefined {
    const text = this.kept.get(key);
    return text === undefined ? undefined : (JSON.parse(text) as UploadSession);
  }
  save = (key: string, session: UploadSession) => void this.kept.set(key, JSON.stringify(session));
  remove = (key: string) => void this.kept.delete(key);
}

/** The reason and the code, which differs with the moment. */
const connectionLost: unknown = expect.stringMatching(/^fetch failed: .*(UND_ERR_SOCKET|ECONNRESET|EPIPE)/);

/** The attempts at each range, in the order in which they were told. */
function attemptsByRange(attempts: readonly UploadAttempt[]): UploadAttempt[][] {
  const starts = [...new Set(attempts.map(({ range }) => range.start))];
  return starts.map((start) => attempts.filter(({ range }) => range.start === start));
}

describe.each(subjects)("$name", (subject) => {
  beforeAll(() => take(emulator, subject));
  const { range, parallel, lacks, about } = subject;
  const bytes = fileOf(2 * parallel * range + 17);
  const options = { ...about, threshold: 9_999, rangeSize: range, delay: 1, retries: 2 };
  const client = () => withLargeAttachments(subject.client(emulator));

  test("every attempt is told once, with what came of it, for logs and support tickets", async () => {
    emulator.fault(
      { on: { range: 1 }, status: 503, headers: { "Retry-After": "0" } },
      { on: { range: 1 }, reset: "before" },
    );
    const attempts: UploadAttempt[] = [];
    await client()
      .api(subject.add(emulator).path)
      .attach(bytes, { ...options, onAttempt: (one) => attempts.push(one) });
    const [failed, ...others] = attemptsByRange(attempts).sort((one, other) => other.length - one.length);
    const { start } = failed![0]!.range;
    const lost = { start, end: start + range, total: bytes.length };
    expect(failed).toMatchObject([
      { range: lost, attempt: 1, status: 503, reason: "passing", wait: 0 },
      { range: lost, attempt: 2, status: undefined, reason: connectionLost, wait: expect.any(Number) },
      { range: lost, attempt: 3, reason: "taken" },
    ]);
    expect(others).toHaveLength(2 * parallel);
    for (const one of others) expect(one).toMatchObject([{ attempt: 1, reason: "taken" }]);
    const told = JSON.stringify(attempts);
    for (const secret of ["http", "authtoken", emulator.token]) expect(told).not.toContain(secret);
  });

  test("a refusal is told as an attempt too", async () => {
    emulator.fault({ on: { range: "last" }, status: 507 });
    const attempts: UploadAttempt[] = [];
    const attaching = client()
      .api(subject.add(emulator).path)
      .attach(bytes, { ...options, onAttempt: (one) => attempts.push(one) });
    await expect(attaching).rejects.toMatchObject({ statusCode: 507 });
    expect(attempts.at(-1)).toMatchObject({ status: 507, reason: "refused" });
  });

  test("an upload whose retries ran out goes on when the same file is attached to the same item again", async () => {
    const item = subject.add(emulator);
    const checkpoints = new Memory();
    const attach = (file: Uint8Array, more = {}) =>
      client()
        .api(item.path)
        .attach(file, { ...options, checkpoints, ...more });
    emulator.fault({ on: { range: "last" }, status: 503, times: 3 });
    await expect(attach(bytes)).rejects.toBeInstanceOf(UploadError);
    expect(checkpoints.kept.size).toBe(1);
    const from = emulator.requests.length;
    const { id } = await attach(bytes);
    expect(subject.held(emulator, item)).toMatchObject([{ id, sha256: sha256(bytes) }]);
    expect(emulator.requests.slice(from).filter(({ kind }) => kind === "range")).toHaveLength(1);
    const sent = emulator.requests.filter(({ kind }) => kind === "range").length;
    expect(await attach(bytes)).toMatchObject({ id }); // a job that is done twice finds the attachment
    expect(subject.held(emulator, item)).toHaveLength(1);
    expect(emulator.requests.filter(({ kind }) => kind === "range")).toHaveLength(sent);
  });

  if (!lacks.has("names"))
    test("another file, another name or another item has a checkpoint of its own", async () => {
      const [one, two] = [subject.add(emulator), subject.add(emulator)];
      const checkpoints = new Memory();
      const attach = (path: string, file: Uint8Array, name: string) =>
        client()
          .api(path)
          .attach(file, { ...options, name, checkpoints })
          .catch(() => {});
      emulator.fault({ on: { range: "last" }, status: 503, times: 12 });
      await attach(one.path, bytes, "a");
      await attach(one.path, fileOf(bytes.length), "a");
      await attach(one.path, bytes, "b");
      await attach(two.path, bytes, "a");
      expect(checkpoints.kept.size).toBe(4);
    });

  test("what is refused, or stopped, leaves no checkpoint; what was stored is no longer believed when it is no session", async () => {
    const item = subject.add(emulator);
    const checkpoints = new Memory();
    const attach = (more = {}) =>
      client()
        .api(item.path)
        .attach(bytes, { ...options, checkpoints, ...more });
    emulator.fault({ on: { range: 1 }, status: 507 });
    await expect(attach()).rejects.toMatchObject({ statusCode: 507 });
    const stop = new AbortController();
    await expect(attach({ signal: stop.signal, onProgress: () => stop.abort() })).rejects.toMatchObject({
      name: "AbortError",
    });
    expect(checkpoints.kept.size).toBe(0);
    const broken = { load: () => ({ fingerprint: "x" }) as UploadSession, save: () => {}, remove: () => {} };
    await attach({ checkpoints: broken });
    expect(subject.held(emulator, item)).toHaveLength(1);
  });

  test("a stream has no checkpoint, for it cannot be told from another", async () => {
    const stream = new Blob([bytes]).stream();
    const attaching = client()
      .api(subject.add(emulator).path)
      .attach(stream, { ...options, size: bytes.length, checkpoints: new Memory() });
    await expect(attaching).rejects.toMatchObject({ code: "invalid", message: expect.stringContaining("checkpoints") });
  });
});
