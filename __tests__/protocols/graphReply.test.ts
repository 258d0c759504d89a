import { attachmentId } from "../../src/protocols/graph/reply.js";
import { outlook } from "../../src/protocols/outlook.js";
import { todo } from "../../src/protocols/todo.js";
import type { Reply, Verdict } from "../../src/protocol.js";
import { COLLECTION, failure, GRAPH, reply, sessionOf, UPLOAD_URL } from "../support/fakes";

const OUTLOOK_AT = "https://outlook.office.com/api/v2.0/Users('a8e8@72aa')/Messages('AAMk=')";
const TODO_AT = `${GRAPH}/users/6f9a/todo/lists/l=/tasks/t=`;
const expires = "2019-09-25T01:09:30.7671707Z";

describe.each([outlook, todo])("$name", (protocol) => {
  /** The attachment as a list shows it. */
  function attachmentOf(id: string): object {
    const page = protocol.list.read(reply(200, { value: [{ id, name: "" }] }), sessionOf().file);
    return page!.items[0]!.attachment;
  }

  test.each([
    [201, { uploadUrl: UPLOAD_URL, expirationDateTime: expires, nextExpectedRanges: ["0-"] }],
    [200, { UploadUrl: UPLOAD_URL, ExpirationDateTime: expires, NextExpectedRanges: ["0-4533321"] }],
    [200, { uploadUrl: UPLOAD_URL, ExpirationDateTime: expires, nextExpectedRanges: [] }],
    [201, { uploadUrl: UPLOAD_URL, expirationDateTime: expires }],
  ])("reads a new session from %p %j, because clouds differ in status and letter case", (status, body) => {
    expect(protocol.session.opened(reply(status, body))).toEqual({ uploadUrl: UPLOAD_URL, expires, offset: 0 });
  });

  test("a session may begin at a later byte, and its opaque URL stays unchanged", () => {
    const uploadUrl = "https://x.example/A('b=')?t=a%2Fb&$select=c";
    const body = { uploadUrl, nextExpectedRanges: ["327680-"] };
    expect(protocol.session.opened(reply(200, body))).toEqual({ uploadUrl, expires: undefined, offset: 327_680 });
  });

  test.each([
    ["no URL", reply(201, { expirationDateTime: expires })],
    ["an empty URL", reply(201, { uploadUrl: "" })],
    ["a body that was cut off", reply(201)],
    ["HTML", reply(200, "<html>")],
    ["a refusal", reply(403, { uploadUrl: UPLOAD_URL })],
  ])("%s is not a session", (_, answer) => {
    expect(protocol.session.opened(answer)).toBeUndefined();
  });

  test.each([
    [["2097152"], 2_097_152],
    [["26-"], 26],
    [["12345-55232", "77829-99375"], 12_345],
    [["1998457-2097094"], 1_998_457],
    [2_097_152, 2_097_152],
    ["2097152-", 2_097_152],
    [[], undefined],
    [[""], undefined],
    [["-5"], undefined],
    [null, undefined],
    [undefined, undefined],
  ])("after nextExpectedRanges %j the upload continues at %p, in both letter cases", (ranges, next) => {
    const step = next === undefined ? undefined : { next };
    expect(protocol.session.read(reply(200, { nextExpectedRanges: ranges }), sessionOf())).toEqual(step);
    expect(protocol.session.read(reply(202, { NextExpectedRanges: ranges }), sessionOf())).toEqual(step);
  });

  test("ranges in an error are not a step", () => {
    expect(protocol.session.read(reply(416, { nextExpectedRanges: ["5-"] }), sessionOf())).toBeUndefined();
  });

  test.each([
    [`${OUTLOOK_AT}/Attachments('AAMkADI5m0=')`, "AAMkADI5m0="],
    [`${OUTLOOK_AT}/attachments('AAMkADI5m0%3D')?x=1`, "AAMkADI5m0="],
    [`${TODO_AT}/Attachments/AAMkADI5m0=`, "AAMkADI5m0="],
    [`${TODO_AT}/attachments/AAMkADI5m0%3D/`, "AAMkADI5m0="],
  ])("201 at %s completes the file without a body", (location, id) => {
    const attachment = attachmentOf(id);
    const expected = { done: { attachment, location } };
    expect(protocol.session.read(reply(201, undefined, { Location: location }), sessionOf())).toEqual(expected);
    expect(attachment).toMatchObject({ id, name: "flower", size: 10, contentType: "image/jpeg" });
  });

  test("201 completes the file even if nothing names the attachment or only the body does", () => {
    expect(protocol.session.read(reply(201), sessionOf())).toEqual({ done: "unnamed" });
    const odd = reply(201, undefined, { Location: `${TODO_AT}/somewhere` });
    expect(protocol.session.read(odd, sessionOf())).toEqual({ done: "unnamed" });
    expect(protocol.session.read(reply(201, { Id: "x" }), sessionOf())).toEqual({
      done: { attachment: attachmentOf("x"), location: undefined },
    });
  });

  test("200 without ranges does not complete the file", () => {
    expect(protocol.session.read(reply(200, { id: "x" }), sessionOf())).toBeUndefined();
  });

  const conflict = "ErrorIrresolvableConflict";
  test.each<[number, string, Verdict]>([
    [400, "ErrorAttachmentSizeShouldNotBeLessThanMinimumSize", "tooSmall"],
    [405, "ErrorAttachmentSessionIsSupportedOnlyForFileAttachments", "refused"],
    [404, "ErrorItemNotFound", "gone"],
    [410, "gone", "gone"],
    [401, "InvalidAudience", "gone"],
    [401, "InvalidAudienceForResource", "gone"],
    [400, "uploadSessionNotFound", "gone"],
    [403, "ErrorAccessDenied", "refused"],
    [412, conflict, "busy"],
    [412, "PreconditionFailed", "refused"],
    [429, "ApplicationThrottled", "busy"],
    [408, "RequestTimeout", "passing"],
    [500, "ErrorInternalServerError", "passing"],
    [502, "BadGateway", "passing"],
    [503, "ServiceUnavailable", "passing"],
    [504, "GatewayTimeout", "passing"],
    [509, "bandwidthLimitExceeded", "passing"],
    [416, "RequestedRangeNotSatisfiable", "unsure"],
    [400, "invalidRange", "unsure"],
    [409, "fragmentOverlap", "unsure"],
    [400, "fragmentOutOfOrder", "unsure"],
    [413, "BadRequest", "tooLarge"],
    [413, "RequestEntityTooLarge", "tooLarge"],
    [400, "ErrorMessageSizeExceeded", "refused"],
    [400, "ErrorInvalidParameter", "refused"],
    [507, "quotaLimitReached", "refused"],
    [501, "notImplemented", "refused"],
  ])("%p %s means %s", (status, code, verdict) => {
    expect(protocol.api.verdict(failure(status, code))).toBe(verdict);
  });

  test.each<[number, unknown, Verdict]>([
    [413, undefined, "tooLarge"],
    [413, "<html>Request Entity Too Large</html>", "tooLarge"],
    [400, { error: { code: "BadRequest", message: "Maximum request length exceeded." } }, "tooLarge"],
    [400, { error: { code: "BadRequest", message: "Something else." } }, "refused"],
    [429, undefined, "busy"],
    [503, "<html>Service Unavailable</html>", "passing"],
    [404, "UnknownError", "gone"],
    [401, undefined, "gone"],
    [400, null, "refused"],
    [200, undefined, "unsure"],
    [200, { nextExpectedRanges: [] }, "unsure"],
  ])("%p with the body %j means %s, because not every error is JSON", (status, body, verdict) => {
    expect(protocol.api.verdict(reply(status, body))).toBe(verdict);
  });
});

test("the code of an error is read in both letter cases, because Outlook in China writes PascalCase", () => {
  const body = { Error: { Code: "ErrorIrresolvableConflict", Message: "The change key does not match." } };
  expect(outlook.api.verdict(reply(412, body))).toBe("busy");
});

test.each([
  [null, undefined],
  ["", undefined],
  [`${OUTLOOK_AT}/Attachments`, undefined],
  [`${OUTLOOK_AT}/Attachments('it''s')`, "it's"],
  [`${TODO_AT}/Attachments/100%`, "100%"],
  [`${OUTLOOK_AT}/Attachments('a')/$value`, undefined],
])("the id in the Location %p is %p", (location, id) => {
  expect(attachmentId(location)).toBe(id);
});

test("a listing is read page by page, in both letter cases, and one that was cut off is not a listing", () => {
  const next = `${COLLECTION}?$skip=10`;
  const { name, size, contentType } = sessionOf().file;
  const type = "#microsoft.graph.fileAttachment";
  const attachment = { "@odata.type": type, id: "1", name, contentType, size, isInline: false, contentId: null };
  const items = [{ id: "1", name: "a", attachment }];
  const read = (one: Reply) => outlook.list.read(one, sessionOf().file);
  expect(read(reply(200, { value: [{ id: "1", name: "a" }], "@odata.nextLink": next }))).toEqual({ items, next });
  expect(read(reply(200, { Value: [{ Id: "1", Name: "a" }] }))).toEqual({ items, next: undefined });
  expect(read(reply(200, { value: [] }))).toEqual({ items: [], next: undefined });
  expect(read(reply(200, '{"value":[{"id"'))).toBeUndefined();
  expect(read(failure(403, "ErrorAccessDenied"))).toBeUndefined();
});
