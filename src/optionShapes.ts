import { UploadError } from "./errors.js";

/** Options that are objects or functions. An object must have these methods; "" stands for a function. */
const SHAPES: Readonly<Record<string, readonly [methods: string, text: string]>> = {
  onProgress: ["", "a function"],
  onAttempt: ["", "a function"],
  fetch: ["", "a function"],
  signal: ["addEventListener", "an AbortSignal, such as controller.signal"],
  checkpoints: ["load save remove", "a store with load, save and remove, such as fileCheckpoints(folder)"],
};

function isLike(value: unknown, methods: string): boolean {
  if (methods === "") return typeof value === "function";
  const has = (name: string) => typeof Reflect.get(Object(value), name) === "function";
  return methods.split(" ").every(has);
}

/** Throws an `UploadError` for an option of the wrong kind, such as a controller in place of its signal. */
export function mustBeShaped(name: string, value: unknown): void {
  const [methods, text] = SHAPES[name] ?? [];
  if (methods !== undefined && value && !isLike(value, methods))
    throw new UploadError("invalid", `${name} must be ${text}.`);
}
