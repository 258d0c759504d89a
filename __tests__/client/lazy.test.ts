import { later } from "../../src/client/lazy.js";
import { run } from "../package/run";

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

test("a part that fails when everybody has stopped waiting for it does not bring the process down", async () => {
  const program = `
    import module from "./src/later.ts";
    const load = module.later(async () => Promise.reject(new Error("gone")));
    await load(AbortSignal.abort(new Error("stopped"))).catch(({ message }) => console.log(message));
    setTimeout(() => console.log("alive"), 10);`;
  const finished = await run(process.execPath, ["--import", "tsx", "--input-type=module", "-e", program]);
  expect(finished).toEqual({ code: 0, stdout: "stopped\nalive\n", stderr: "" });
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
