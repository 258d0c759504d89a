/** Replies with any JSON, header or status are read without a crash, and never into nonsense. */
import fc from "fast-check";
import { asGraphError, errorBody, graphError, Refusal } from "../../src/http/refusal.js";
import { refused } from "../../src/attach/answer.js";
import type { Protocol, Reply } from "../../src/protocol.js";
import { azureDevOps, explain } from "../../src/protocols/azureDevOps.js";
import { attachmentId } from "../../src/protocols/graph/reply.js";
import { item } from "../../src/protocols/graph/item.js";
import { drive } from "../../src/protocols/drive.js";
import { outlook } from "../../src/protocols/outlook.js";
import { print } from "../../src/protocols/print.js";
import { todo } from "../../src/protocols/todo.js";
import { firstGap } from "../../src/range.js";
import { backoff, retryAfter } from "../../src/http/retry.js";
import { graphProtocols } from "../../src/protocols/index.js";
import { parseSession } from "../../src/upload/storedSession.js";
import { UploadError } from "../../src/index.js";
import type { UploadSession } from "../../src/uploadSession.js";
import { COLLECTION, sessionOf } from "../support/fakes.js";
import { check, checkAsync, within } from "./support/check.js";
import { text, tree, spelled } from "./support/json.js";
import { isWellFormed } from "./support/names.js";

/** Any value that JSON can hold, members such as `toString` and `__proto__` included. */
const json: fc.Arbitrary<unknown> = fc.oneof(
  spelled(tree).map((one) => JSON.parse(one) as unknown),
  fc.jsonValue(),
  fc.constantFrom<unknown>({ toString: null }, { valueOf: 1, toString: 1 }, [null], [{ toString: "x" }]),
);
const objectWith = (members: Record<string, fc.Arbitrary<unknown>>) =>
  fc.record(members, { requiredKeys: [] }) as fc.Arbitrary<unknown>;

const offsets = fc.oneof(
  fc.nat().map(String),
  fc.tuple(fc.nat(), fc.nat()).map(([from, to]) => `${from}-${to}`),
  fc.nat().map((from) => `${from}-`),
  fc.constantFrom("-5", "1e9-", "0x10-", " 7 -", "", "bytes 0-5/10", "9".repeat(400), "١٢-", "1.5-", "5 6"),
  json,
);
const ranges = fc.oneof(fc.array(offsets, { maxLength: 4 }), offsets);
const errorMembers = {
  code: fc.oneof(json, fc.constantFrom("invalidRange", "ErrorAccessDenied", "ErrorMessageSizeExceeded")),
  message: json,
  innerError: fc.oneof(json, objectWith({ date: json, "request-id": json, requestId: json })),
};
const entry = fc.oneof(json, objectWith({ id: json, name: json, url: json }));
const body = fc.oneof(
  json,
  fc.constant(undefined),
  objectWith({
    error: fc.oneof(json, objectWith(errorMembers)),
    nextExpectedRanges: ranges,
    NextExpectedRanges: ranges,
    uploadUrl: json,
    UploadUrl: json,
    expirationDateTime: json,
    id: fc.oneof(json, fc.constant("00000000-0000-4000-8000-000000000001")),
    url: json,
    value: fc.oneof(json, fc.array(entry, { maxLength: 3 }), objectWith({ Message: json })),
    "@odata.nextLink": json,
    message: json,
    typeKey: json,
    rev: json,
    relations: fc.oneof(json, fc.array(entry, { maxLength: 3 })),
  }),
);
/** Characters that a header can hold. */
const header = fc.oneof(
  fc.string({ unit: fc.integer({ min: 32, max: 255 }).map((code) => String.fromCharCode(code)) }),
  fc.constantFrom("/Attachments('", "x/attachments/%", "x/Attachments('%E0%A4%A')", "-1", "NaN", "1e309", "Infinity"),
);
const reply: fc.Arbitrary<Reply> = fc
  .record({
    status: fc.oneof(fc.integer({ min: 200, max: 599 }), fc.constantFrom(0, 200, 201, 202, 304, 400, 404, 999)),
    body,
    location: fc.option(header),
    wait: fc.option(header),
  })
  .map(({ status, body: given, location, wait }) => {
    const all = new Headers();
    if (location !== null) all.set("Location", location);
    if (wait !== null) all.set("Retry-After", wait);
    return { status, headers: all, body: given };
  });

const id = "00000000-0000-4000-8000-000000000001";
const PRINT = "https://graph.microsoft.com/v1.0/print/printers/p/jobs/1/documents/d";
const azureSession = sessionOf({
  protocol: "azureDevOps",
  collection: "https://dev.azure.com/f/_apis/wit/attachments",
  attachment: { id, url: `https://dev.azure.com/f/_apis/wit/attachments/${id}` },
});
const protocols: [string, Protocol, UploadSession][] = [
  ["outlook", outlook, sessionOf()],
  [
    "outlook of the US Government",
    outlook,
    sessionOf({ collection: "https://graph.microsoft.us/v1.0/me/messages/AAMk=/attachments" }),
  ],
  ["todo", todo, sessionOf({ protocol: "todo" })],
  ["azureDevOps", azureDevOps, azureSession],
  [
    "drive",
    drive,
    sessionOf({ protocol: "drive", collection: "https://graph.microsoft.com/v1.0/me/drive/root:/a.zip:" }),
  ],
  ["print", print, sessionOf({ protocol: "print", collection: PRINT })],
];

const known = [...graphProtocols, azureDevOps];
const VERDICTS = ["busy", "passing", "unsure", "doubtful", "gone", "tooSmall", "tooLarge", "refused"];

describe("nextExpectedRanges", () => {
  test("give a whole offset or none, whatever JSON they are", () =>
    check(ranges, 5_000, (value) => {
      const offset = firstGap(value)?.next;
      expect(offset === undefined || (Number.isSafeInteger(offset) && offset >= 0)).toBe(true);
    }));

  test("give none, and no crash, if an object has no string form", () => {
    expect(firstGap([{ toString: null }])).toBeUndefined();
    expect(firstGap(["7-", { toString: null }])).toEqual({ next: 7 });
  });

  test("give the first missing byte, in every form that was seen", () =>
    check(
      fc.tuple(fc.array(fc.nat(), { minLength: 1, maxLength: 5 }), fc.constantFrom("", "-", "-9")),
      2_000,
      (given) => {
        const [starts, end] = given;
        expect(firstGap(starts.map((start) => `${start}${end}`))?.next).toBe(Math.min(...starts));
        expect(firstGap(`${starts[0]}${end}`)?.next).toBe(starts[0]);
      },
    ));
});

describe("Location", () => {
  const key = fc.oneof(
    fc.string({ unit: "grapheme", minLength: 1 }),
    text.filter((value) => value !== "" && isWellFormed(value)),
    fc.base64String({ minLength: 4 }),
  );

  test("returns any id, in parentheses or as a segment, because services write it either way", () =>
    check(fc.tuple(key, fc.constantFrom("", "/", "?x=1", "/?x=/attachments/", "#f")), 5_000, ([given, end]) => {
      const host = "https://outlook.office.com/api/v2.0/Users('u@t')/Messages('AAMk=')";
      expect(attachmentId(`${host}/Attachments/${encodeURIComponent(given)}${end}`)).toBe(given);
      const quoted = encodeURIComponent(given).replaceAll("'", "''");
      expect(attachmentId(`${host}/Attachments('${quoted}')${end}`)).toBe(given);
    }));

  test("gives an id or none, and no crash, if it is garbage", () =>
    check(
      fc.oneof(
        header,
        text,
        fc.tuple(header, header).map((two) => two.join("/attachments/")),
      ),
      5_000,
      (value) => {
        const found = attachmentId(value);
        expect(found === undefined || (typeof found === "string" && found !== "")).toBe(true);
      },
    ));
});

describe("Retry-After", () => {
  const waits = fc.oneof(
    header,
    text,
    fc.double().map(String),
    fc.integer().map(String),
    fc.date().map((date) => (Number.isNaN(date.getTime()) ? "never" : date.toUTCString())),
    fc.constant("9".repeat(400)),
  );

  test("is a time in the future or nothing, and never NaN", () =>
    check(fc.tuple(waits, fc.integer({ min: 0, max: 4e12 })), 5_000, ([value, now]) => {
      const wait = retryAfter(value, now);
      expect(wait === undefined || wait >= 0).toBe(true);
    }));

  test("is understood to the second, in seconds and as a date", () =>
    check(fc.nat({ max: 1e9 }), 2_000, (seconds) => {
      expect(retryAfter(String(seconds), 0)).toBe(seconds * 1000);
      const now = Date.UTC(2024, 0, 1);
      expect(retryAfter(new Date(now + seconds * 1000).toUTCString(), now)).toBe(seconds * 1000);
    }));

  test("or its absence never leads to a wait that a timer cannot hold", () =>
    check(
      fc.tuple(fc.nat(), fc.nat({ max: 2 ** 31 - 1 }), fc.double({ min: 0, max: 1, noNaN: true })),
      2_000,
      (given) => {
        const wait = backoff(...given);
        expect(wait >= 0 && wait <= 60_000).toBe(true);
      },
    ));
});

describe.each(protocols)("a reply to %s", (_, protocol, session) => {
  const range = { start: 0, end: 5, total: 10 };

  test("is read as a step, a session, a page or nothing, and has a verdict", () =>
    check(reply, 2_000, (one) => {
      expect(VERDICTS).toContain(protocol.api.verdict(one));
      for (const step of [protocol.session.read(one, session, range), protocol.session.read(one, session)]) {
        if (step && "next" in step) expect(Number.isSafeInteger(step.next) && step.next >= 0).toBe(true);
      }
      const opened = protocol.session.opened(one);
      if (opened) expect([typeof opened.uploadUrl, opened.offset >= 0]).toEqual(["string", true]);
      const page = protocol.list?.read(one, session.file);
      for (const { id, name, attachment } of page?.items ?? [])
        expect([typeof id, typeof name, typeof attachment]).toEqual(["string", "string", "object"]);
      const linked = protocol.link?.readItem(one);
      if (linked) expect(linked.urls.every((url) => typeof url === "string")).toBe(true);
      item.members(one);
    }));

  test("that refuses becomes an error of the client with a code and a message", () =>
    checkAsync(reply, 1_500, async (one) => {
      const told = protocol.api.explain(one, session.collection);
      for (const { code, message } of [errorBody(told)])
        expect([typeof code, typeof message]).toEqual(["string", "string"]);
      const error = graphError(told);
      expect([error.statusCode, typeof error.code, typeof error.message]).toEqual([told.status, "string", "string"]);
      await expect(asGraphError(Promise.reject(new Refusal(told, protocol.api.verdict(one))))).rejects.toMatchObject({
        statusCode: told.status,
      });
    }));
});

describe("a refusal in answer to an intercepted POST", () => {
  const statuses = [0, ...Array.from({ length: 300 }, (_, at) => 300 + at), 999];

  test("is a Response whatever the status, although a Response cannot have every status", () => {
    const failed = statuses.filter((status) => {
      try {
        refused(new Refusal({ status, headers: new Headers(), body: undefined }, "refused"));
        return false;
      } catch {
        return true;
      }
    });
    expect(failed).toEqual([]);
  });

  test("has a code and a message, whatever JSON or text the service has sent", () =>
    checkAsync(
      reply.filter(({ status }) => status >= 400 && status < 600),
      1_500,
      async (one) => {
        const { error } = (await refused(new Refusal(one, "refused")).json()) as {
          error: { code: unknown; message: unknown };
        };
        expect([typeof error.code, typeof error.message]).toEqual(["string", "string"]);
      },
    ));
});

describe("an error of Azure DevOps", () => {
  test("gets Graph's shape or stays unchanged, whatever the service has sent", () =>
    check(reply, 2_000, (one) => {
      const told = explain(one);
      if (told !== one) expect(typeof (told.body as { error: { message: unknown } }).error.message).toBe("string");
    }));

  test("is read in linear time, because an error page may be long", () => {
    const blanks = " ".repeat(100_000);
    for (const page of [
      "<title>".repeat(15_000),
      `<title>${blanks}`,
      `<title>${"a ".repeat(50_000)}`,
      `${blanks}<title>`,
    ]) {
      const headers = new Headers();
      expect(within(1_000, () => explain({ status: 500, headers, body: page })).status).toBe(500);
    }
  });
});

describe("a stored session", () => {
  const members = {
    protocol: fc.oneof(json, fc.constantFrom("outlook", "todo", "azureDevOps", "toString", "__proto__")),
    collection: fc.oneof(json, fc.constant(COLLECTION), fc.constant(azureSession.collection)),
    uploadUrl: fc.oneof(json, fc.webUrl()),
    offset: fc.oneof(json, fc.nat()),
    file: fc.oneof(json, fc.constant({ name: "a", size: 1 }), objectWith({ name: json, size: json })),
    before: fc.oneof(json, fc.array(text)),
    attachment: json,
    linkTo: fc.oneof(json, fc.constant("https://dev.azure.com/f/_apis/wit/workitems/1")),
    fingerprint: json,
  };

  test("is accepted or refused with an UploadError, whatever JSON it is", () =>
    check(fc.oneof(json, objectWith(members), fc.record(members)), 5_000, (stored) => {
      try {
        expect(parseSession(stored, known)).toBe(stored);
      } catch (error) {
        expect(error).toBeInstanceOf(UploadError);
      }
    }));

  test.each(protocols)("of %s that is accepted writes every request", (_, protocol, whole) =>
    check(objectWith(members), 1_500, (changes) => {
      const stored = { ...whole, ...(changes as object), protocol: protocol.name, collection: whole.collection };
      try {
        parseSession(stored, known);
      } catch {
        return;
      }
      const requests = [
        protocol.session.put(stored, { start: 0, end: 1, total: 1 }, new Uint8Array(1)),
        protocol.session.status?.(stored),
        protocol.session.cancel?.(stored),
      ];
      for (const request of requests) expect(typeof (request?.url ?? "")).toBe("string");
      protocol.session.read({ status: 200, headers: new Headers(), body: { id, url: "x" } }, stored, {
        start: 0,
        end: 1,
        total: 1,
      });
    }),
  );
});
