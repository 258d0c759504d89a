import { inspect } from "node:util";
import { Client, GraphClientError, GraphError } from "@microsoft/microsoft-graph-client";
import { GraphErrorHandler } from "@microsoft/microsoft-graph-client/lib/src/GraphErrorHandler";
import { UploadError } from "../src/errors.js";
import { asGraphError, errorBody, graphError, NoReply, Refusal } from "../src/http/refusal.js";
import { failure, reply, sessionOf, thrownBy, TOKEN, UPLOAD_URL } from "./support/fakes";

const failed = Object.assign(new TypeError(`request to ${UPLOAD_URL} failed, reason: connect ECONNREFUSED`), {
  code: "ECONNREFUSED",
});

describe("an UploadError", () => {
  const cause = new NoReply(failed);
  const error = new UploadError("interrupted", "Resume it later.", { cause, session: sessionOf() });

  test("is an Error and a GraphClientError, which the client passes on", () => {
    expect(error).toBeInstanceOf(UploadError);
    expect(error).toBeInstanceOf(GraphClientError);
    expect(error).toBeInstanceOf(Error);
    expect([error.name, error.code, error.message]).toEqual(["UploadError", "interrupted", "Resume it later."]);
    expect([error.cause, error.session]).toEqual([cause, sessionOf()]);
    expect(String(error)).toBe("UploadError: Resume it later.");
  });

  test("reaches the caller of the real client as the same object", async () => {
    const middleware = { execute: () => Promise.reject(error) };
    const request = () => Client.initWithMiddleware({ middleware }).api("/me/messages/m/attachments");
    expect(await thrownBy(request().post({}))).toBe(error);
    expect(await thrownBy(request().get())).toBe(error);
  });

  test("shows neither its session nor an upload URL, however it is printed or logged", () => {
    const { message, stack } = error;
    const prints = [message, stack, String(error), JSON.stringify(error), JSON.stringify({ ...error })];
    prints.push(inspect(error, { depth: Infinity }), inspect({ error }, { depth: Infinity }));
    expect(Object.keys(error)).not.toEqual(expect.arrayContaining(["session"]));
    expect(Object.keys(error)).not.toEqual(expect.arrayContaining(["cause"]));
    for (const print of prints) {
      expect(print).not.toContain(TOKEN);
      expect(print).not.toContain("outlook.office.com");
      expect(print).not.toContain("uploadUrl");
    }
    expect(inspect(error)).toContain("reason: connect ECONNREFUSED");
  });

  test("needs neither a cause nor a session", () => {
    const bare = new UploadError("invalid", "No.");
    expect([bare.cause, bare.session, "cause" in bare]).toEqual([undefined, undefined, false]);
  });
});

describe("NoReply", () => {
  test.each<[unknown, string, string | undefined]>([
    [failed, "request to (address withheld) failed, reason: connect ECONNREFUSED", "ECONNREFUSED"],
    [new TypeError(`Failed to parse URL from ${UPLOAD_URL}`), "Failed to parse URL from (address withheld)", undefined],
    [new Error(`${UPLOAD_URL} and HTTPS://HOST/x?t=1`), "(address withheld) and (address withheld)", undefined],
    [
      new TypeError("fetch failed", { cause: Object.assign(new Error(UPLOAD_URL), { code: "UND_ERR_SOCKET" }) }),
      "fetch failed",
      "UND_ERR_SOCKET",
    ],
    [new Error("getaddrinfo ENOTFOUND outlook.test"), "getaddrinfo ENOTFOUND outlook.test", undefined],
    ["closed", "closed", undefined],
    [undefined, "undefined", undefined],
  ])("of %p contains no address, because upload URLs contain their token", (reason, message, code) => {
    const error = new NoReply(reason);
    expect([error.name, error.message, error.code]).toEqual(["NoReply", message, code]);
    expect(inspect(error, { depth: Infinity, showHidden: true })).not.toContain(TOKEN);
  });
});

describe("a refusal becomes the error that the client itself creates from such a reply", () => {
  const date = "2024-05-01T10:00:00";
  const innerError = { date, "request-id": "r-1", "client-request-id": "c-1" };
  test.each([
    [413, { code: "BadRequest", message: "The maximum request length supported is 4MB.", innerError }],
    [403, { code: "ErrorAccessDenied", message: "Access is denied.", innerError, target: "x", details: [{ a: 1 }] }],
    [429, { message: "Slow down.", code: "ApplicationThrottled", innerError: { ...innerError, code: "inner" } }],
  ])("%p %j", async (status, error) => {
    const response = new Response(null, { status, headers: { "Retry-After": "7" } });
    const theirs = await GraphErrorHandler.getError({ error }, status, undefined, response);
    const ours = graphError({ status, headers: response.headers, body: { error } });
    const members = ({ statusCode, code, message, requestId, date: at, body, headers }: GraphError) =>
      [statusCode, code, message, requestId, at, body, headers] as const;
    expect(members(ours)).toEqual(members(theirs));
    expect([ours.constructor, Object.keys(ours).sort()]).toEqual([GraphError, Object.keys(theirs).sort()]);
    expect(ours.headers!.get("Retry-After")).toBe("7");
  });

  test.each([
    ["HTML", "<html>Request Entity Too Large</html>", undefined],
    ["HTML with a title", "<!DOCTYPE html><head><title>\n Bad  Gateway </title></head>", "Bad Gateway"],
    ["HTML with an empty title", "<html><title></title></html>", undefined],
    ["a short text", "upstream connect error", "upstream connect error"],
    ["a long text", "x".repeat(2_000), undefined],
    ["JSON that was cut off", '{"error":{"mess', undefined],
    ["nothing", undefined, undefined],
    ["null", null, undefined],
    ["JSON without an error", { message: "no" }, "no"],
    ["an error that is a word", { error: "invalid_grant" }, undefined],
    ["an error that is a word, and its meaning", { error: "a", error_description: "Expired." }, "Expired."],
  ])("of %s has a status and a message, although the client itself has an empty message", (_, body, said) => {
    const error = graphError(reply(502, body, { "request-id": "r-2" }));
    expect([error.statusCode, error.code, error.requestId]).toEqual([502, "UnknownError", "r-2"]);
    expect(error.message).toBe(said ?? "The service answered 502: the service has a fault of its own.");
    expect(JSON.parse(error.body as string)).toEqual({ code: "UnknownError", message: error.message });
  });

  test("the request id is found in every place where services write it", () => {
    const of = (innerError?: object) =>
      graphError(reply(401, { error: { code: "a", message: "b", innerError } }, { "request-id": "header" })).requestId;
    expect(of({ "request-id": "r-1" })).toBe("r-1");
    expect(of({ requestId: "r-2" })).toBe("r-2");
    expect([of({}), of()]).toEqual(["header", "header"]);
  });

  test("missing members are added, and others are kept", () => {
    expect(errorBody(reply(400, { error: { target: "x" } }))).toEqual({
      code: "UnknownError",
      message: "The service answered 400: the request is not valid.",
      target: "x",
    });
  });

  test("a text or title that quotes a request contains no token", () => {
    for (const said of [`GET /x Bearer ${TOKEN}`, `See ${UPLOAD_URL}`])
      for (const body of [said, `<html><title>${said}</title></html>`, { message: said }])
        expect(graphError(reply(400, body)).message).not.toContain(TOKEN);
  });

  test.each([
    [401, undefined, "The service answered 401: the sign-in is missing or has expired."],
    [404, { error: { code: "itemNotFound" } }, /404 \(itemNotFound\): nothing is there/],
    [409, { error: { code: "conflict", message: "  " } }, /409 \(conflict\): it conflicts/],
    [418, { error: {} }, "The service answered 418: the request was refused."],
    [301, "", /301: it has moved/],
    [503, { Error: { Code: "Busy", Message: "" } }, /503 \(Busy\): /],
  ])("a message is never empty: %i %j", (status, body, message) => {
    for (const told of [errorBody(reply(status, body)), graphError(reply(status, body))]) {
      expect(told.message).toEqual(typeof message === "string" ? message : expect.stringMatching(message));
    }
  });

  test("only a refusal becomes a GraphError, and everything else passes unchanged", async () => {
    const refusal = new Refusal(failure(403, "ErrorAccessDenied", "Access is denied."), "refused");
    const turned = (await thrownBy(asGraphError(Promise.reject(refusal)))) as GraphError;
    expect(turned).toBeInstanceOf(GraphError);
    expect([turned.statusCode, turned.code]).toEqual([403, "ErrorAccessDenied"]);
    const other = new UploadError("lost", "Gone.");
    expect(await thrownBy(asGraphError(Promise.reject(other)))).toBe(other);
    expect(await asGraphError(Promise.resolve(7))).toBe(7);
  });
});
