import type { Context } from "@microsoft/microsoft-graph-client";
import { AttachedFiles } from "../../src/client/attachedFiles.js";
import { settings } from "../../src/options.js";
import { mayAttach, mayCompose } from "../../src/client/recognise.js";

const graph = "https://graph.microsoft.com/v1.0";
const contextOf = (path: string, body: unknown = "", method = "POST") =>
  ({ request: graph + path, options: { method, body } }) as Context;
const composes = (context: Context) => mayCompose(context, () => settings());
const heavy = "x".repeat(3_000_001);

test.each(["/me/messages/m/attachments", "/me/messages/m/Attachments/", "/p/_apis/wit/attachments?fileName=a"])(
  "a POST to %s may attach, whatever its weight, and nothing else there may",
  (path) => {
    expect(mayAttach(contextOf(path))).toBe(true);
    for (const method of ["GET", "PUT", "PATCH", "DELETE"]) expect(mayAttach(contextOf(path, "", method))).toBe(false);
  },
);

test.each(["/me/messages/m/attachments/a", "/me/messages", "/me/attachmentsOfMine"])(
  "a POST to %s attaches nothing",
  (path) => expect(mayAttach(contextOf(path))).toBe(false),
);

test("only a heavy POST may compose a message, for a light one fits into its request", () => {
  expect(composes(contextOf("/me/sendMail", heavy))).toBe(true);
  expect(composes(contextOf("/me/sendMail", heavy, "PATCH"))).toBe(false);
  expect(composes(contextOf("/me/sendMail", "x".repeat(1_000_000)))).toBe(false);
  expect(mayCompose(contextOf("/me/sendMail", "x".repeat(1_000)), () => settings({ threshold: 10 }))).toBe(true);
});

test("a heavy POST of something else never does, so that nothing is loaded for it", () => {
  for (const path of ["/$batch", "/me/drive/root:/messages.txt:/content", "/me/messages/m/move", "/me/eventsOfMine"])
    expect({ path, composes: composes(contextOf(path, heavy)) }).toEqual({ path, composes: false });
});

test("files beside a POST are always looked at, wherever it goes", () => {
  const beside = { getMiddlewareOptions: (kind: unknown) => (kind === AttachedFiles ? new AttachedFiles([], {}) : 0) };
  const context = { ...contextOf("/chats/c/messages"), middlewareControl: beside } as unknown as Context;
  expect(composes(context)).toBe(true);
});
