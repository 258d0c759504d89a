import { cpSync } from "node:fs";
import { join } from "node:path";
import { folder, install } from "../docs/support/programs";
import { run } from "../package/run";

beforeAll(install, 60_000);

test("the published handler uploads 9 MB through the middleware chain of Kiota, Microsoft's next SDK", async () => {
  const program = join(folder, "kiota.mjs");
  cpSync(join(__dirname, "support/kiota.mjs"), program);
  const { code, stdout, stderr } = await run(process.execPath, [program]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(JSON.parse(stdout)).toEqual({
    answered: { name: "report.pdf", size: 9_000_000 },
    held: [{ name: "report.pdf", size: 9_000_000, same: true, via: "session" }],
    small: "post",
    tokens: { graph: true, outlook: false },
    createdWhenBusy: 2, // repeated by the upload alone
    refused: 507,
  });
}, 120_000);
