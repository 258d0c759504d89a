import type { FaultScript } from "graph-large-attachments/emulator";

const second: FaultScript["on"] = { kind: "range", range: 1 };
const wait = { "retry-after": "1" };

/** Interrupts a large upload after its first range. The six attempts and their waits take half a minute. */
const interrupted: FaultScript = { on: second, status: 503, times: 6 };

/** Values of `?fault=` besides a status for new uploads. */
const scripts: Record<string, readonly FaultScript[]> = {
  interrupted: [interrupted],
  "503": [interrupted],
  /** Each range takes a second, so that you can watch. */
  slow: [{ on: { kind: "range" }, delay: 1000, times: 1000 }],
  /** The last reply is lost, and the list of attachments is refused. */
  uncertain: [
    { on: { kind: "range", range: "last" }, reset: "after" },
    { on: { kind: "list" }, times: 1000, status: 403, body: { error: { code: "ErrorAccessDenied", message: "" } } },
  ],
};

const codes: Record<string, string> = {
  "403": "ErrorAccessDenied",
  "404": "ResourceNotFound", // ErrorItemNotFound would be waited for
  "507": "ErrorQuotaExceeded",
};

/** Returns the faults for a value of `?fault=`. */
export function faultsNamed(name: string | null): readonly FaultScript[] {
  if (name === null) return [];
  const known = scripts[name];
  if (known) return known;
  if (!/^[45]\d\d$/.test(name)) throw new Error(`?fault= is one of ${Object.keys(scripts).join(", ")} or a status.`);
  const body = { error: { code: codes[name] ?? "UnknownError", message: `Requested by ?fault=${name}` } };
  const answer = { status: Number(name), times: 1000, headers: wait, body };
  return [
    { on: { kind: "create" }, ...answer },
    { on: { kind: "post" }, ...answer },
  ];
}
