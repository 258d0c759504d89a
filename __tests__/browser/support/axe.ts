import { readFileSync } from "node:fs";
import type { Page } from "puppeteer-core";

/** The source of axe-core, which tests a page for barriers to people with disabilities. */
const source = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

/** The findings of axe on a page: the rule and the elements. Rules of best practice are included. */
export async function barriers(page: Page): Promise<{ readonly rule: string; readonly elements: string[] }[]> {
  await page.evaluate(source);
  const found = await page.evaluate(
    "axe.run(document).then(({ violations }) => violations.map(({ id, nodes }) => ({ rule: id, elements: nodes.map(({ html }) => html) })))",
  );
  return found as { rule: string; elements: string[] }[];
}
