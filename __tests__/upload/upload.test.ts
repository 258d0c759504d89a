import fc from "fast-check";
import { Refusal } from "../../src/http/refusal.js";
import { StreamContent } from "../../src/files/stream.js";
import { checkAsync } from "../fuzz/support/check";
import { Assembly, type Fate, type Script } from "../support/assembly";
import { count, Recorded, thrownBy } from "../support/fakes";

const file = count(117);
const backwards = (many: number) => Array.from({ length: many }, (_, index) => many - 1 - index);
const orders: [string, Script["order"]][] = [
  ["in order", undefined],
  ["in reverse order", backwards],
  ["in a mixed order", (many) => [2, 0, 3, 1].filter((index) => index < many)],
];

describe.each(orders)("ranges that are sent at the same time, and arrive %s,", (_, order) => {
  const uploading = (fate?: Script["fate"], size = file.length) => {
    const service = new Assembly(size, { fate, order });
    return { service, upload: service.upload(new Recorded(file.subarray(0, size))) };
  };
  const whole = { attachment: expect.objectContaining({ name: "flower" }) as object };

  test("are four, and form the file", async () => {
    const { service, upload } = uploading();
    expect(await upload.run()).toMatchObject({ attachment: { id: "new=" } });
    expect(service.stored).toEqual(file);
    expect([service.puts.length, service.mostAtOnce, service.doubled]).toEqual([12, 4, 0]);
    expect(new Set(service.kinds)).toEqual(new Set(["range"]));
  });

  test.each<[string, Fate, number]>([
    ["is lost", "lost", 13],
    ["is taken, but its reply is lost", "takenAndLost", 12],
    ["is taken in part", { part: 4 }, 13],
    ["is answered with 503", 503, 13],
    ["is answered with 429", 429, 13],
  ])("are sent again only as far as bytes are missing, if one of them %s", async (_, fate, most) => {
    for (let which = 0; which < 12; which++) {
      const { service, upload } = uploading((put) => (put === which ? fate : "taken"));
      expect(await upload.run()).toMatchObject(whole);
      expect(service.stored).toEqual(file);
      expect([which, service.doubled]).toEqual([which, 0]);
      expect(service.puts.length).toBeLessThanOrEqual(most + 1);
    }
  });

  test("are not sent again if they were taken and all four replies were lost", async () => {
    const { service, upload } = uploading((put) => (put < 4 ? "takenAndLost" : "taken"));
    expect(await upload.run()).toMatchObject(whole);
    expect([service.puts.length, service.doubled]).toEqual([12, 0]);
  });

  test("are the last ones that are sent if one of them is refused", async () => {
    const { service, upload } = uploading((_put, start) => (start === 50 ? 507 : "taken"));
    expect(await thrownBy(upload.run())).toMatchObject({ constructor: Refusal, reply: { status: 507 } });
    expect(service.puts.map(({ start }) => start)).toEqual([0, 10, 20, 30, 40, 50, 60, 70]);
  });

  test("are reported one by one, with the outcome of each", async () => {
    const service = new Assembly(40, { fate: (put) => (put === 1 ? 503 : "taken"), order });
    const reported: [number, string][] = [];
    const onAttempt = ({ range, reason }: { range: { start: number }; reason: string }) =>
      void reported.push([range.start, reason]);
    await service.upload(new Recorded(count(40)), {}, { onAttempt }).run();
    expect(reported.sort(([one], [other]) => one - other)).toEqual([[0, "taken"], [10, "passing"], [10, "taken"], [20, "taken"], [30, "taken"]]); // prettier-ignore
  });

  test("advance the progress, which never falls and ends at the size of the file", async () => {
    const loaded: number[] = [];
    const service = new Assembly(file.length, { order, fate: (put) => (put % 5 === 2 ? 503 : "taken") });
    await service.upload(new Recorded(file), {}, { onProgress: (progress) => loaded.push(progress.loaded) }).run();
    expect(loaded).toEqual([...new Set(loaded)].sort((one, other) => one - other));
    expect(loaded.at(-1)).toBe(file.length);
  });
});

test("a stream whose ranges are sent four at a time takes the memory of two blocks: one that is sent, and the next", async () => {
  async function* chunks() {
    for (let at = 0; at < 1_000; at += 13) yield count(Math.min(13, 1_000 - at), at);
  }
  const content = new StreamContent(chunks(), 1_000);
  const read = content.read.bind(content);
  const buffers = new Set<ArrayBufferLike>();
  content.read = async (start, end) => {
    const bytes = await read(start, end);
    buffers.add(bytes.buffer);
    return bytes;
  };
  const service = new Assembly(1_000, { order: backwards });
  await service.upload(content).run();
  expect(service.stored).toEqual(count(1_000));
  expect([...buffers].map(({ byteLength }) => byteLength)).toEqual([40, 40]);
});

test("whatever happens to ranges that are sent at the same time, the file arrives whole, and no byte arrives twice", () => {
  const fate = fc.oneof(
    { weight: 4, arbitrary: fc.constant<Fate>("taken") },
    fc.constantFrom<Fate>("lost", "takenAndLost", 503, 429, 500),
    fc.integer({ min: 0, max: 12 }).map((part): Fate => ({ part })),
  );
  const cases = fc.record({
    size: fc.integer({ min: 1, max: 160 }),
    unit: fc.constantFrom(1, 5, 10),
    fates: fc.array(fate, { maxLength: 30 }),
    seeds: fc.array(fc.nat(), { minLength: 1, maxLength: 8 }),
  });
  return checkAsync(cases, 300, async ({ size, unit, fates, seeds }) => {
    let batch = 0;
    // a service with a unit keeps whole units of a range
    const whole = (one: Fate): Fate => (typeof one === "object" ? { part: one.part - (one.part % unit) } : one);
    const order = (many: number) => {
      const seed = seeds[batch++ % seeds.length]!;
      return backwards(many).sort((one, other) => ((seed >> one) & 7) - ((seed >> other) & 7));
    };
    const service = new Assembly(size, { order, fate: (put) => whole(fates[put] ?? "taken") });
    const limits = { range: 1_000, unit, parallel: 4 };
    await service.upload(new Recorded(count(size)), { limits }).run();
    expect(service.stored).toEqual(count(size));
    expect(service.doubled).toBe(0);
  });
});
