import { createContext, Script } from "node:vm";
import fc from "fast-check";

/** The same cases every time, unless `FUZZ_SEED` asks for others; `FUZZ_FACTOR` says how many of them: 1 is all of `runs`. */
const seed = Number(process.env["FUZZ_SEED"] ?? 20_240_607);
const factor = Number(process.env["FUZZ_FACTOR"] ?? 0.2);

const settings = (runs: number) => ({ seed, numRuns: Math.ceil(runs * factor) });

/** Holds a property against so many cases; one that fails is made small, and printed with its seed. */
export function check<T>(cases: fc.Arbitrary<T>, runs: number, holds: (one: T) => void): void {
  fc.assert(
    fc.property(cases, (one) => holds(one)),
    settings(runs),
  );
}

export async function checkAsync<T>(
  cases: fc.Arbitrary<T>,
  runs: number,
  holds: (one: T) => Promise<void>,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(cases, (one) => holds(one)),
    settings(runs),
  );
}

const sandbox = createContext({ work: undefined as unknown });
const script = new Script("work()");

/** Runs synchronous work, a regular expression too, and throws where it takes longer than so many milliseconds. */
export function within<T>(milliseconds: number, work: () => T): T {
  sandbox["work"] = work;
  return script.runInContext(sandbox, { timeout: milliseconds }) as T;
}
