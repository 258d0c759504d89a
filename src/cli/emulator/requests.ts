import type { Emulator, RequestLogEntry, UploadStep } from "graph-large-attachments/emulator";
import { capital } from "../format.js";
import type { ShownExchange, ShownRequest, Timeline } from "./snapshot.js";

/** The page shows this many of the latest requests, and of the latest files. */
const SHOWN = { requests: 100, files: 20 };

/** The command line asks a host, without a token, whether it answers. That does not belong to an upload. */
const isProbe = ({ method, path }: RequestLogEntry): boolean => method === "HEAD" && path === "/";

const stepsOf = (emulator: Emulator): UploadStep[] =>
  emulator
    .uploads()
    .flatMap(({ steps }) => steps)
    .filter(({ request }) => !isProbe(request))
    .sort((one, other) => one.number - other.number);

export function shownRequests(emulator: Emulator): ShownRequest[] {
  return stepsOf(emulator)
    .slice(-SHOWN.requests)
    .map(({ number, request, label, outcome, result }) => ({
      ...{ number, label, outcome, result },
      service: request.origin,
      method: request.method,
      path: request.path,
      kind: request.kind,
      range: request.contentRange,
      received: request.bodyBytes,
      status: request.status,
      fault: describeFault(request.fault),
    }));
}

/** The latest files with their requests, newest first. */
export function timelines(emulator: Emulator): Timeline[] {
  const shown: Timeline[] = [];
  for (const { name, target, steps: all } of emulator.uploads()) {
    const steps = all.filter(({ request }) => !isProbe(request)).slice(-SHOWN.requests);
    if (steps.length === 0) continue;
    const first = Math.min(...steps.map(({ request }) => request.started));
    const last = Math.max(...steps.map(({ request }) => request.ended ?? request.started));
    shown.push({
      heading: name === "" ? capital(target || "other requests") : [name, target].filter(Boolean).join(" → "),
      duration: last - first,
      steps: steps.map(({ number, label, outcome, result, request }) => ({
        ...{ number, label, outcome },
        result: request.fault === undefined ? result : `${result} (fault)`,
        from: request.started - first,
        to: (request.ended ?? last) - first,
      })),
    });
  }
  return shown.slice(-SHOWN.files).reverse();
}

export function exchangeOf(emulator: Emulator, number: number): ShownExchange | undefined {
  const step = stepsOf(emulator).find((one) => one.number === number);
  if (!step) return undefined;
  const { method, path, headers, sent, reply, bodyBytes } = step.request;
  const head = (all: Readonly<Record<string, string>>): string[] =>
    Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  const body = sent === undefined ? (bodyBytes > 0 ? [`(${bodyBytes} bytes)`] : []) : [readable(sent)];
  const fault = describeFault(step.request.fault);
  return {
    title: `${step.label}: ${step.result}`,
    request: [`${method} ${path}`, ...head(headers), "", ...body].join("\n").trimEnd(),
    answer: [
      ...(fault === undefined ? [] : [`Fault: ${fault}`, ""]),
      step.result,
      ...(reply ? [...head(reply.headers), "", readable(reply.body)] : []),
    ]
      .join("\n")
      .trimEnd(),
  };
}

/** JSON in lines. */
function readable(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
}

const resets: Readonly<Record<string, string>> = {
  before: "the connection breaks",
  midway: "the connection breaks in the middle of the request",
  after: "the reply is lost",
};

/** Describes the effect of a fault in words. */
function describeFault(fault: string | undefined): string | undefined {
  if (fault === undefined) return undefined;
  const { status, headers, reset, delay, hang, cutReply, partial, gone } = JSON.parse(fault) as {
    readonly [member: string]: unknown;
    readonly headers?: Readonly<Record<string, string>>;
  };
  const words = [
    status === undefined ? undefined : `status ${String(status)}`,
    ...Object.entries(headers ?? {}).map(([name, value]) => `${name} ${value}`),
    resets[String(reset)],
    delay === undefined ? undefined : `${Number(delay) / 1000} s late`,
    hang === undefined ? undefined : "no answer",
    cutReply === undefined ? undefined : "half of the reply is lost",
    partial === undefined ? undefined : `only ${String(partial)} bytes are kept`,
    gone === undefined ? undefined : "the session is gone",
  ];
  return words.filter((word) => word !== undefined).join(", ");
}
