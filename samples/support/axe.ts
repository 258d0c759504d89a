import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "puppeteer-core";

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Barriers to people with disabilities that axe finds on a page: the rule and the elements. */
export async function barriers(page: Page): Promise<unknown> {
  await page.evaluate(source);
  return page.evaluate(
    "axe.run(document).then(({ violations }) => violations.map(({ id, nodes }) => ({ id, elements: nodes.map(({ html }) => html) })))",
  );
}
