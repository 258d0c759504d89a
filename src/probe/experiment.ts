import type { ProbeService, ProbeValue } from "./api.js";
import type { Lab } from "./lab.js";

/** A fact that an experiment may show. */
export interface Fact {
  /** In plain words, as the head of a row. */
  readonly fact: string;
  /** The documented value. Absent if it says nothing. */
  readonly documented?: ProbeValue;
  /** The values that agree with it, if they are not the same text. */
  readonly agrees?: readonly ProbeValue[];
  /** The sides of the emulator's variation of this name, or "number" for any number. Absent if there is none. */
  readonly sides?: readonly ProbeValue[] | "number";
  /** The behavior of this library if the tenant contradicts the documentation. */
  readonly client?: string;
}

/** One experiment. Its items are its own, and the ledger of the lab deletes them. */
export interface Experiment {
  readonly name: string;
  /** "any" sends nothing, and tells what the others showed by the way. */
  readonly service: ProbeService | "any";
  /** Runs only if the probe may send mail to the user. */
  readonly sends?: true;
  /** By the name of the variation that a fact settles, or by a name of its own. */
  readonly facts: Readonly<Record<string, Fact>>;
  run(lab: Lab): Promise<void>;
}
