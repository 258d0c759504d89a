// A context with what React Native on Hermes gives, and without what it lacks:
// - Libraries/Core/setUpXHR.js and Libraries/Blob of react-native: no streams, a Blob without bytes, `fetch` of whatwg-fetch over
//   XMLHttpRequest, which follows redirects, and AbortController of abort-controller 3: no reason, throwIfAborted, any, timeout
// - Hermes: no WeakRef in older versions, functions show no source; no crypto, structuredClone, TextDecoder, DOMException, Event
// URL is a complete one, as that of react-native-url-polyfill.
import { createContext, runInContext } from "node:vm";

/** Members of the language that Hermes lacks or has had for a short time only. */
const MISSING = `
for (const name of ["WeakRef", "FinalizationRegistry", "SharedArrayBuffer", "Atomics", "WebAssembly"]) delete globalThis[name];
for (const name of ["findLast", "findLastIndex", "toSorted", "toReversed", "toSpliced", "with"]) delete Array.prototype[name];
for (const name of ["union", "intersection", "difference"]) delete Set.prototype[name];
for (const name of ["isWellFormed", "toWellFormed"]) delete String.prototype[name];
delete Object.groupBy; delete Map.groupBy; delete Promise.withResolvers; delete Array.fromAsync;
Function.prototype.toString = function () { return "function " + this.name + "() { [bytecode] }"; };
`;

class BareSignal {
  aborted = false;
  onabort = null;
  #listeners = new Set();
  addEventListener(_type, listener) {
    this.#listeners.add(listener);
  }
  removeEventListener(_type, listener) {
    this.#listeners.delete(listener);
  }
  static abort(signal) {
    if (signal.aborted) return;
    signal.aborted = true;
    const event = { type: "abort", target: signal };
    signal.onabort?.(event);
    for (const listener of signal.#listeners) listener.call(signal, event);
  }
}

class BareController {
  signal = new BareSignal();
  abort() {
    BareSignal.abort(this.signal);
  }
}

const BareAbortSignal = function () {
  throw new TypeError("AbortSignal cannot be constructed directly");
};
BareAbortSignal.prototype = BareSignal.prototype;

/** The bytes of each BareBlob. */
const contents = new WeakMap();
class BareBlob {
  constructor(parts = [], { type = "" } = {}) {
    const pieces = parts.map((part) => contents.get(part) ?? (typeof part === "string" ? part : Buffer.from(bytesOf(part)))); // prettier-ignore
    contents.set(this, new Blob(pieces, { type }));
  }
  get size() {
    return contents.get(this).size;
  }
  get type() {
    return contents.get(this).type;
  }
  slice(start, end, type) {
    const part = new BareBlob();
    contents.set(part, contents.get(this).slice(start, end, type));
    return part;
  }
}

const bytesOf = (part) => (ArrayBuffer.isView(part) ? new Uint8Array(part.buffer, part.byteOffset, part.byteLength) : new Uint8Array(part)); // prettier-ignore

class BareReader {
  result = null;
  readAsText(blob) {
    this.#read(contents.get(blob).text());
  }
  readAsArrayBuffer(blob) {
    this.#read(contents.get(blob).arrayBuffer());
  }
  #read(reading) {
    void reading.then((result) => {
      this.result = result;
      this.onload?.({ target: this });
    });
  }
}

/** XMLHttpRequest as far as whatwg-fetch uses it, over this process's own fetch. */
function requestOver(send) {
  return class {
    responseType = "";
    readyState = 0;
    #headers = {};
    #stop = new AbortController();
    open(method, url) {
      this.#stop.method = method;
      this.#stop.url = url;
    }
    setRequestHeader(name, value) {
      this.#headers[name] = value;
    }
    getAllResponseHeaders() {
      return [...this.answer.headers].map(([name, value]) => `${name}: ${value}\r\n`).join("");
    }
    abort() {
      this.#stop.abort();
      this.onabort?.();
    }
    send(body) {
      const { method, url, signal } = this.#stop;
      const bytes = typeof body === "string" ? body : body && Buffer.from(contents.get(body) ?? bytesOf(body));
      void send(url, { method, headers: this.#headers, body: bytes || undefined, signal })
        .then(async (answer) => {
          const blob = new BareBlob([await answer.arrayBuffer()], { type: answer.headers.get("content-type") ?? "" });
          const { status, statusText, url: responseURL } = answer;
          Object.assign(this, { answer, status, statusText, responseURL, readyState: 4, response: blob });
          this.onload();
        })
        .catch(() => signal.aborted || this.onerror());
    }
  };
}

/** Runs a bundled script in such a context, and returns its globals. `send`: a fetch for all requests. */
export function runBare(script, send) {
  const context = createContext({
    console,
    setTimeout,
    clearTimeout,
    setInterval,
    clearInterval,
    performance: { now: () => performance.now() },
    navigator: { product: "ReactNative" },
    URL: Object.assign(class extends URL {}, { canParse: undefined, parse: undefined }),
    URLSearchParams,
    TextEncoder,
    btoa,
    atob,
    XMLHttpRequest: requestOver(send),
    Blob: BareBlob,
    FileReader: BareReader,
    AbortController: BareController,
    AbortSignal: BareAbortSignal,
  });
  context.window = context.self = context.global = context;
  runInContext(MISSING, context);
  runInContext(script, context, { filename: "bare.js" });
  return context;
}
