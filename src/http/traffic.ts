import type { Middleware } from "@microsoft/microsoft-graph-client";
import { Gate } from "./gate.js";
import { Queue } from "./queue.js";

/** The order that all uploads through one client share: an item takes one write at a time, a mailbox a few requests. */
export class Traffic {
  readonly items = new Queue();
  readonly gate = new Gate();
}

/** One registry for all copies of this package in the process. The number changes with what a `Traffic` does. */
const KEY = Symbol.for("graph-large-attachments.traffic.1");
const traffics: WeakMap<Middleware, Traffic> = Reflect.get(globalThis, KEY) ?? new WeakMap();
Reflect.defineProperty(globalThis, KEY, { value: traffics, configurable: true });

/** The traffic of the client whose chain begins with this middleware. */
export function trafficOf(first: Middleware): Traffic {
  const known = traffics.get(first);
  if (known) return known;
  const traffic = new Traffic();
  traffics.set(first, traffic);
  return traffic;
}
