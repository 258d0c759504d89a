import { later } from "../src/later.js";

/** A part that arrives, or does not, when the test says so. */
function part() {
  const asked: { arrive(): void; fail(): void }[] = [];
  const load = later(
    () =>
      new Promise<{ name: string }>((resolve, reject) =>
        asked.push({ arrive: () => resolve({ name: "part" }), fail: () => reject(new TypeError("gone")) }),
      ),
  );
  return { load, asked };
}

test("a part is asked for once by all who wait for it, and never again once it is there", async () => {
  const { load, asked } = part();
  const waiting = [load(), load()];
  asked[0]!.arrive();
  expect(await Promise.all(waiting)).toEqual([{ name: "part" }, { name: "part" }]);
  expect(load()).toEqual({ name: "part" }); // at once: every attachment passes here
  expect(asked).toHaveLength(1);
});

test("a part that could not be loaded is told as such, with its cause, and asked for again the next time", async () => {
  const { load, asked } = part();
  const first = load();
  asked[0]!.fail();
  await expect(first).rejects.toMatchObject({
    name: "UploadError",
    code: "notLoaded",
    message: expect.stringMatching(/nothing was sent.*preload/),
    cause: new TypeError("gone"),
  });
  const second = load();
  asked[1]!.arrive();
  expect(await second).toEqual({ name: "part" });
});

test("who stops waiting for a part need not wait for it, and takes it from nobody else", async () => {
  const { load, asked } = part();
  const stop = new AbortController();
  const [stopped, other] = [load(stop.signal), load()];
  stop.abort(new Error("stopped"));
  await expect(stopped).rejects.toThrow("stopped");
  asked[0]!.arrive();
  expect(await other).toEqual({ name: "part" });
});
