import { Client } from "@microsoft/microsoft-graph-client";
import { lazy } from "../../src/lazy.js";
import { run } from "../package/run";

/** A part whose loading succeeds or fails when the test says so. */
function part() {
  const asked: { arrive(): void; fail(): void }[] = [];
  const load = lazy(
    () =>
      new Promise<{ name: string }>((resolve, reject) =>
        asked.push({ arrive: () => resolve({ name: "part" }), fail: () => reject(new TypeError("gone")) }),
      ),
  );
  return { load, asked };
}

test("a part is loaded once for all callers, and never again after that", async () => {
  const { load, asked } = part();
  const waiting = [load(), load()];
  asked[0]!.arrive();
  expect(await Promise.all(waiting)).toEqual([{ name: "part" }, { name: "part" }]);
  expect(load()).toEqual({ name: "part" }); // without a promise, because every attachment passes here
  expect(asked).toHaveLength(1);
});

test("a part that could not be loaded is an error with its cause, and the next call loads it again", async () => {
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

test("a part that fails after everybody has stopped waiting for it does not crash the process", async () => {
  const program = `
    import module from "./src/lazy.ts";
    const load = module.lazy(async () => Promise.reject(new Error("gone")));
    await load(AbortSignal.abort(new Error("stopped"))).catch(({ message }) => console.log(message));
    setTimeout(() => console.log("alive"), 10);`;
  const finished = await run(process.execPath, ["--import", "tsx", "--input-type=module", "-e", program]);
  expect(finished).toEqual({ code: 0, stdout: "stopped\nalive\n", stderr: "" });
});

test("a caller that aborts stops waiting, and the others still get the part", async () => {
  const { load, asked } = part();
  const stop = new AbortController();
  const [stopped, other] = [load(stop.signal), load()];
  stop.abort(new Error("stopped"));
  await expect(stopped).rejects.toThrow("stopped");
  asked[0]!.arrive();
  expect(await other).toEqual({ name: "part" });
});

// A page that has preloaded can go offline, so whatever a client may need must be there.
test("after preload, the parts for messages, drives and Teams are there without a promise", async () => {
  const { placesFor } = await import("../../src/client/graph.js");
  const { withLargeAttachments, preload } = await import("../../src/client/withLargeAttachments.js");
  const url = "https://graph.microsoft.com/v1.0/me/drive/root:/a.bin:";
  expect(placesFor("https://graph.microsoft.com/v1.0/me/messages/1/attachments")).not.toBeInstanceOf(Promise);
  expect(placesFor(url)).toBeInstanceOf(Promise);
  await preload(withLargeAttachments(Client.init({ authProvider: (done) => done(null, "t") })));
  expect(placesFor(url)).toMatchObject({ meantBy: expect.any(Function), postInstead: expect.any(Function) });
});
