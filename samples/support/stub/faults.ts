import type { FaultScript } from "graph-large-attachments/emulator";

const second: FaultScript["on"] = { kind: "range", range: 1 };
const wait = { "retry-after": "1" };

/** Ends a large upload after its first range: six attempts, which with the waits in between take half a minute. */
const interrupted: FaultScript = { on: second, status: 503, times: 6 };

/** What `?fault=` can be besides the status that the service answers a new upload with. */
const scripts: Record<string, readonly FaultScript[]> = {
  interrupted: [interrupted],
  "503": [interrupted],
  /** Each range takes a second, so that there is something to see. */
  slow: [{ on: { kind: "range" }, delay: 1000, times: 1000 }],
  /** The last reply is lost, and two files of its name are there: nobody knows which is which. */
  uncertain: [
    { on: { kind: "range", range: "last" }, reset: "after" },
    { on: { kind: "list" }, times: 1000, status: 403, body: { error: { code: "ErrorAccessDenied", message: "" } } },
  ],
};

const codes: Record<string, string> = {
  "403": "ErrorAccessDenied",
  "404": "ErrorItemNotFound",
  "507": "ErrorQuotaExceeded",
};

/** The faults that a page's `?fault=` asks for. */
export function faultsNamed(name: string | null): readonly FaultScript[] {
  if (name === null) return [];
  const known = scripts[name];
  if (known) return known;
  if (!/^[45]\d\d$/.test(name)) throw new Error(`?fault= is one of ${Object.keys(scripts).join(", ")} or a status.`);
  const body = { error: { code: codes[name] ?? "UnknownError", message: `As asked for by ?fault=${name}` } };
  const answer = { status: Number(name), times: 1000, headers: wait, body };
  return [
    { on: { kind: "create" }, ...answer },
    { on: { kind: "post" }, ...answer },
  ];
}
