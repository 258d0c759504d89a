import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { drawTimelines } from "../../samples/support/timelines.js";
import { root } from "../package/run";
import { pages } from "./support/markdown";

const folder = "docs/timelines";

test("the pictures of uploads in the guides show what happens now (npx tsx samples/support/timelines.ts draws them)", async () => {
  const pictures = await drawTimelines();
  expect(Object.keys(pictures).sort()).toEqual(readdirSync(join(root, folder)).sort());
  for (const [name, picture] of Object.entries(pictures))
    expect({ name, picture }).toEqual({ name, picture: readFileSync(join(root, folder, name), "utf8") });
}, 60_000);

test("each picture is in a guide, with its title as alternative text", () => {
  const text = pages.map((page) => page.text).join("\n");
  for (const name of readdirSync(join(root, folder))) {
    const [, title] = /<title>(.*?)<\/title>/.exec(readFileSync(join(root, folder, name), "utf8"))!;
    expect(text).toContain(`![${title}](../timelines/${name})`);
  }
});
