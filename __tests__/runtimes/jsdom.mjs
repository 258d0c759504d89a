// The smoke suite in a page of jsdom, as Vitest has it: jsdom's classes take the place of Node's, and fetch stays.
import { JSDOM } from "jsdom";

const { window } = new JSDOM("", { url: "https://app.example/" });
for (const name of ["document", "navigator", "localStorage", "Blob", "File", "FileReader", "Event", "CustomEvent"])
  Object.defineProperty(globalThis, name, { value: window[name], configurable: true, writable: true });
globalThis.window = globalThis;

await import("./together.mjs");
