import type { Answer } from "./answer.js";
import type { ProbeOptions, ProbeValue } from "./api.js";
import type { Door } from "./door.js";
import type { ProbeRequest } from "./requests.js";

/** All that an experiment can do. */
export interface Lab {
  /** The name of this run, which begins the name of all that it makes. */
  readonly name: string;
  /** `/me`, or the path of the user. */
  readonly me: string;
  readonly options: ProbeOptions;
  readonly traces: Door["traces"];
  ask(request: ProbeRequest): Promise<Answer>;
  /** Reports a fact of this experiment. */
  tell(fact: string, value: ProbeValue): void;
  /** Records what the next request makes, and how many requests its deletion takes. Returns a function that strikes it off. */
  made(what: string, undo: () => Promise<boolean>, requests?: number): () => void;
  /** Makes something that experiments share. A failure is shared too. */
  shared<T>(key: string, make: () => Promise<T>): Promise<T>;
  wait(seconds: number): Promise<void>;
}
