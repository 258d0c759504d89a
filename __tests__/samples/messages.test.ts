import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { GraphError } from "@microsoft/microsoft-graph-client";
import { UploadError, type UploadErrorCode, type UploadSession } from "graph-large-attachments";
import { explain, Explained, type Kind } from "../../samples/support/pane/messages";
import { progress, size } from "../../samples/support/pane/sizes";
import { root } from "../package/run";

const kinds: readonly Kind[] = ["message", "event", "task"];
const statuses = [400, 401, 403, 404, 409, 410, 412, 413, 429, 500, 502, 503, 504, 507, 509, -1];

async function codes(): Promise<UploadErrorCode[]> {
  const source = await readFile(join(root, "src/errors.ts"), "utf8");
  const [, union] = /^export type UploadErrorCode =\n(.*?);/ms.exec(source)!;
  return [...union!.matchAll(/"(\w+)"/g)].map(([, code]) => code as UploadErrorCode);
}

/** An error of the library, with a session to resume. */
function uploadError(code: UploadErrorCode): UploadError {
  return new UploadError(code, "For programmers", { session: {} as UploadSession });
}

function refusal(status: number, code: string | null = null): GraphError {
  const error = new GraphError(status, "The words of the service");
  error.code = code;
  return error;
}

/** Expects short sentences without technical terms. */
function expectPlain(text: string): void {
  expect(text).toMatch(/^[A-Z].*\.$/s);
  expect(text.length).toBeLessThan(110);
  expect(text).not.toMatch(/session|token|HTTP|server|range|bytes|exception|undefined|null|abort|status/i);
}

test("each error code has a plain text for messages, events and tasks", async () => {
  const all = await codes();
  expect(all).toContain("leftBehind");
  for (const code of all) {
    for (const kind of kinds) expectPlain(explain(uploadError(code), kind).text);
  }
});

test("each error code has its own text", async () => {
  const texts = (await codes()).map((code) => explain(uploadError(code), "message").text);
  expect(new Set(texts).size).toBe(texts.length);
});

test("each status of Graph has a plain text", () => {
  for (const status of statuses) {
    for (const kind of kinds) expectPlain(explain(refusal(status), kind).text);
  }
});

test.each<[string, unknown, Kind, string, boolean]>([
  ["too large", uploadError("tooLarge"), "message", "The file is too large: 150 MB at most.", false],
  ["too large for a task", uploadError("tooLarge"), "task", "The file is too large: 25 MB at most.", false],
  ["refused as too large", refusal(413), "message", "the message would become too large", false],
  ["interrupted", uploadError("interrupted"), "message", "Retry continues where it stopped.", true],
  [
    "busy from the start",
    new UploadError("interrupted", "", { cause: refusal(429) }),
    "message",
    "Outlook is busy.",
    true,
  ],
  ["out of reach from the start", new UploadError("interrupted", ""), "message", "There’s no connection.", true],
  ["uncertain", uploadError("uncertain"), "event", "Check the event before you add it again.", false],
  ["no permission", refusal(403), "message", "You don’t have permission to add files to this message.", false],
  ["no longer a draft", refusal(404), "message", "This message is no longer a draft.", false],
  ["gone", refusal(404), "task", "This task is gone.", false],
  ["a full mailbox", refusal(507), "message", "Your mailbox is full.", true],
  ["a full mailbox by its code", refusal(403, "ErrorQuotaExceeded"), "message", "Your mailbox is full.", true],
  ["no connection", refusal(-1, "TypeError"), "message", "There’s no connection.", true],
  ["no sign-in", refusal(-1, "BrowserAuthError"), "message", "You aren’t signed in.", true],
  ["busy", refusal(503), "task", "To Do isn’t available right now.", true],
  ["canceled", new DOMException("", "AbortError"), "message", "Canceled.", true],
  ["a draft that was not saved", new Explained("The draft couldn’t be saved."), "message", "The draft couldn’t", true],
  ["anything else", new Error("x is not a function"), "message", "Something went wrong. Retry.", true],
])("%s has its own text, and a retry only if it can help", (_, error, kind, text, canRetry) => {
  const explanation = explain(error, kind);
  expect(explanation.text).toContain(text);
  expect(explanation.canRetry).toBe(canRetry);
});

test("sizes are short", () => {
  expect([1, 839_680, 1_258_291, 8_388_608, 41_943_040].map(size)).toEqual([
    "1 KB",
    "820 KB",
    "1.2 MB",
    "8 MB",
    "40 MB",
  ]);
  expect(progress(15_728_640, 41_943_040)).toBe("15 of 40 MB");
  expect(progress(524_288, 2_097_152)).toBe("512 KB of 2 MB");
});
