import { runTs } from "../package/run";

test("both panes do in Chromium what samples/support/checkPanes.ts asks of them", async () => {
  const { code, stdout } = await runTs("samples/support/checkPanes.ts");
  expect({
    code,
    failed: stdout.match(/^(# Subtest|not ok).*$/gm)?.filter((line) => line.startsWith("not ok")),
  }).toEqual({ code: 0, failed: [] });
}, 300_000);
