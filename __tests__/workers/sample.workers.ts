import { run, runTs } from "../package/run";
import { startRedis } from "./support/redis";

test("npm run sample:workers sends each mail once, though a worker is killed", async () => {
  const { code, stdout } = await run("npm", ["run", "--silent", "sample:workers"]);
  expect(code).toBe(0);
  expect(stdout).toContain("One worker is killed");
  expect(stdout).toMatch(/Sent: 20\. Twice: 0\.\nDrafts left: 0\.\n429: 0\.\n$/);
});

test("npm run sample:workers without Redis says how to get it", async () => {
  const { code, stderr } = await run(process.execPath, ["--import", "tsx", "samples/workers/main.ts"], {
    PATH: "/nowhere",
    REDIS_URL: "",
  });
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^This sample needs Redis\. Install it/) });
});

test("Bottleneck's cluster mode is a limiter too, in a dozen lines", async () => {
  const redis = await startRedis();
  const { stdout, stderr } = await runTs("__tests__/workers/support/bottleneck.ts", [redis.url]);
  await redis.close();
  expect({ stdout, stderr }).toEqual({ stdout: '{"highest":4,"done":25,"paused":true}\n', stderr: "" });
});
