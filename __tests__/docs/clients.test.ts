import { run } from "../package/run";

test("docs/protocols.md names each client that others wrote, what ran and what it could not do", async () => {
  const { code, stdout, stderr } = await run(process.execPath, ["--import", "tsx", "scripts/clients.mjs", "--check"]);
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: "", stderr: "" });
}, 60_000);
