/** Every signal that applies to an upload stops it: that of the request, of the options, and of the client. */
import type { Client } from "@microsoft/microsoft-graph-client";
import { LargeAttachmentHandlerOptions, withLargeAttachments } from "../../src/index.js";
import { signalFor } from "../../src/signals.js";
import { thrownBy } from "../support/fakes";
import { attachment, clientOver, collection, file, options, Wire } from "../security/support/wire.js";

type Signals = Record<"client" | "request" | "options", AbortSignal>;

const message = { subject: "s", toRecipients: [] };
const option = (signal: AbortSignal) => [new LargeAttachmentHandlerOptions({ signal })];

/** The ways to upload, each with three signals. */
const ways: Record<string, (client: Client, signals: Signals) => Promise<unknown>> = {
  "attach(…)": (client, { request, options: signal }) =>
    client
      .api("/me/messages/AAMk=")
      .option("signal", request)
      .attach(file, { ...options, name: "a", signal }),
  "an intercepted POST": (client, { request, options: own }) =>
    client.api(collection).option("signal", request).middlewareOptions(option(own)).post(attachment),
  "a composed message": (client, { request, options: own }) =>
    client
      .api("/me/sendMail")
      .option("signal", request)
      .middlewareOptions(option(own))
      .post({ message: { ...message, attachments: [attachment] } }),
  "withAttachments(…)": (client, { request, options: signal }) =>
    client
      .api("/me/sendMail")
      .option("signal", request)
      .withAttachments([{ file, name: "a" }], { signal })
      .post({ message }),
};

describe.each(Object.entries(ways))("%s", (_, upload) => {
  test.each(["client", "request", "options"] as const)("is stopped by the signal of the %s", async (which) => {
    const controllers = {
      client: new AbortController(),
      request: new AbortController(),
      options: new AbortController(),
    };
    const reason = new Error(`stopped by the ${which}`);
    const wire = new Wire(({ method, url }) => {
      if (method === "PUT") controllers[which].abort(reason);
      return method === "POST" && url.endsWith("/messages") ? Response.json({ id: "draft" }) : undefined;
    });
    const client = withLargeAttachments(clientOver(wire), { ...options, signal: controllers.client.signal });
    const { client: of, request, options: own } = controllers;
    const error = await thrownBy(upload(client, { client: of.signal, request: request.signal, options: own.signal }));
    expect(error).toMatchObject({ message: reason.message }); // the client wraps errors of its own requests
    expect(wire.sent.filter(({ method }) => method === "PUT")).toHaveLength(1);
    expect(
      wire.sent.filter(({ method, url }) => method === "DELETE" && url.includes("AttachmentSessions")),
    ).toHaveLength(1);
  });
});

test("one signal stays as it is, several become one that aborts with the first reason", () => {
  const [one, other] = [new AbortController(), new AbortController()];
  expect(signalFor()).toBeUndefined();
  expect(signalFor(undefined, null)).toBeUndefined();
  expect(signalFor(undefined, one.signal, one.signal)).toBe(one.signal);
  const both = signalFor(one.signal, other.signal)!;
  other.abort("other");
  one.abort("one");
  expect([both.aborted, both.reason]).toEqual([true, "other"]);
});
