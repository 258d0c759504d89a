/** Metadata of a file is data. It changes no header, no path, and no parameter except its own. */
import { LargeAttachmentTask } from "../../src/index.js";
import { hostileNames, isWellFormed } from "../fuzz/support/names.js";
import { AZURE, azureOver, clientOver, file, GRAPH, options, Wire, type Sent } from "./support/wire.js";

/** Characters of a comment that Azure DevOps takes; more is refused before the first request. */
const LONGEST_COMMENT = 255;
const id = "00000000-0000-4000-8000-000000000001";
const azureAnswer = ({ method, url, headers }: Sent): Response => {
  if (url.includes("/workitems/"))
    return Response.json({ id: 1, rev: 1, relations: method === "PATCH" ? [{ url: `x/${id}` }] : [] });
  const last = /-(\d+)\/(\d+)$/.exec(headers.get("Content-Range") ?? "");
  return Response.json(
    { id, url: `${AZURE}/f/_apis/wit/attachments/${id}` },
    { status: last && Number(last[1]) + 1 < Number(last[2]) ? 202 : 201 },
  );
};
const todoUrl = `${GRAPH}/v1.0/me/todo/lists/l/tasks/t/attachmentSessions/s`;
const services = [
  ["Outlook", "/me/messages/AAMk=", () => new Wire(), clientOver],
  ["To Do", "/me/todo/lists/l/tasks/t", () => new Wire(undefined, todoUrl), clientOver],
  ["Azure DevOps", "/_apis/wit/workitems/1", () => new Wire(azureAnswer), azureOver],
] as const;

/** The requests without their bodies and without what differs each time; of a query, only the names. */
const shape = ({ sent }: Wire) =>
  sent.map(({ method, url, headers }) => {
    const { origin, pathname, searchParams, hash } = new URL(url);
    const kept = [...headers].filter(([name]) => !["client-request-id", "content-length"].includes(name));
    return { method, at: origin + pathname + hash, parameters: [...searchParams.keys()], headers: kept };
  });

describe.each(services)("%s", (_, path, wireFor, clientFor) => {
  const details = ["name", "contentType", "contentId", "comment"] as const;

  test.each(details)("gets the same requests, whatever the %s of a file is", async (detail) => {
    const attach = async (value: string) => {
      const wire = wireFor();
      const said = { ...options, name: "a", [detail]: value };
      const client = clientFor(wire);
      await client.api(path).attach(file, said);
      await client.api(path).attach(file.subarray(0, 9), said);
      await (await LargeAttachmentTask.create(client, path, file, said)).upload();
      return shape(wire);
    };
    const harmless = await attach("harmless");
    expect(harmless.length).toBeGreaterThan(8);
    const most = detail === "comment" && clientFor === azureOver ? LONGEST_COMMENT : Infinity;
    for (const value of hostileNames.filter((name) => isWellFormed(name)))
      expect(await attach(value.slice(0, most))).toEqual(harmless);
    if (most === Infinity) return;
    const wire = wireFor();
    const tooLong = { ...options, name: "a", [detail]: "x".repeat(most + 1) };
    await expect(clientFor(wire).api(path).attach(file, tooLong)).rejects.toMatchObject({ code: "invalid" });
    expect(wire.sent).toEqual([]);
  });
});

test("ids that a service invents never lead to another resource", async () => {
  for (const made of ["../../users/victim/messages/1", "1?x=y#z", "a/b\r\nc", "..", "%2e%2e"]) {
    let held = false;
    const wire = new Wire(({ method, url }) => {
      if (method === "POST" && /\/(messages|send)$/.test(url)) return Response.json({ id: made });
      if (method === "GET" && url.includes("/attachments"))
        return Response.json({ value: held ? [{ id: "1", name: "a" }] : [] });
      held ||= method === "PUT";
      return undefined;
    });
    const attachments = [
      { "@odata.type": "#microsoft.graph.fileAttachment", name: "a", contentBytes: file.toString("base64") },
    ];
    const sending = clientOver(wire)
      .api("/me/sendMail")
      .post({ message: { subject: "s", attachments } });
    if (made === "..") {
      await expect(sending).rejects.toMatchObject({ code: "uncertain" }); // no URL can contain it, so nothing more is sent
      expect(wire.sent).toHaveLength(1);
      continue;
    }
    await sending;
    const own = wire.sent.filter(({ origin, url }) => origin === GRAPH && !url.endsWith("/messages"));
    expect(own.length).toBeGreaterThan(2);
    for (const { url } of own) {
      expect(new URL(url).pathname).toMatch(
        /^\/v1\.0\/me\/messages\/[^/]+\/(attachments(\/createUploadSession)?|send)$/,
      );
      expect(new URL(url).hash).toBe("");
    }
  }
});
