/** Each side of each switch meets all experiments of its services: `npm run test:exhaustive`. */
import { expectSettled, rows } from "./switches";

test.each(rows)("a probe of all of a service shows %s: %j, and leaves nothing behind", (name, side) =>
  expectSettled(name, side),
);
