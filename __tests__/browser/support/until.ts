import { setTimeout as wait } from "node:timers/promises";

/** Looks again and again until `look` finds something; says what it waited for where that does not come. */
export async function until<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
  seconds = 30,
): Promise<T> {
  for (const end = Date.now() + seconds * 1000; ;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > end) throw new Error(`This did not come within ${seconds} s: ${what}.`);
    await wait(20);
  }
}
