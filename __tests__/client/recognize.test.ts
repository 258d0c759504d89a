import type { Context } from "@microsoft/microsoft-graph-client";
import { AttachedFiles, givenIn } from "../../src/middlewareOptions.js";
import { resolveOptions } from "../../src/settings.js";
import { mayAttach, mayCompose, postedTo } from "../../src/client/recognize.js";

const graph = "https://graph.microsoft.com/v1.0";
const contextOf = (path: string, body: unknown = "", method = "POST") =>
  ({ request: graph + path, options: { method, body } }) as Context;
const attaches = (context: Context) => mayAttach(postedTo(context) ?? "");
const composes = (context: Context, options = {}) =>
  mayCompose(postedTo(context) ?? "", context.options?.body, givenIn(context), () => resolveOptions(options));
const heavy = "x".repeat(3_000_001);

test.each(["/me/messages/m/attachments", "/me/messages/m/Attachments/", "/p/_apis/wit/attachments?fileName=a"])(
  "only a POST to %s may attach, whatever its size",
  (path) => {
    expect(attaches(contextOf(path))).toBe(true);
    for (const method of ["GET", "PUT", "PATCH", "DELETE"]) expect(attaches(contextOf(path, "", method))).toBe(false);
  },
);

test.each(["/me/messages/m/attachments/a", "/me/messages", "/me/attachmentsOfMine"])(
  "a POST to %s attaches nothing",
  (path) => expect(attaches(contextOf(path))).toBe(false),
);

test("only a large POST may compose a message, because a small one fits into its request", () => {
  expect(composes(contextOf("/me/sendMail", heavy))).toBe(true);
  expect(composes(contextOf("/me/sendMail", heavy, "PATCH"))).toBe(false);
  expect(composes(contextOf("/me/sendMail", "x".repeat(1_000_000)))).toBe(false);
  expect(composes(contextOf("/me/sendMail", "x".repeat(1_000)), { threshold: 10 })).toBe(true);
});

test("a large POST of something else never composes a message, so that nothing is loaded for it", () => {
  for (const path of ["/$batch", "/me/drive/root:/messages.txt:/content", "/me/messages/m/move", "/me/eventsOfMine"])
    expect({ path, composes: composes(contextOf(path, heavy)) }).toEqual({ path, composes: false });
});

test("a POST with files next to it may always compose a message, whatever its URL", () => {
  const control = { getMiddlewareOptions: (kind: unknown) => (kind === AttachedFiles ? new AttachedFiles([], {}) : 0) };
  const context = { ...contextOf("/chats/c/messages"), middlewareControl: control } as unknown as Context;
  expect(composes(context)).toBe(true);
});
