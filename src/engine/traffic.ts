import { Gate } from "./gate.js";
import { Queue } from "./queue.js";

/** What all uploads through one client share: an item takes one write at a time, a mailbox a few requests. */
export class Traffic {
  readonly items = new Queue();
  readonly gate = new Gate();
}
