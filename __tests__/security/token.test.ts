/** The token gives access to the mailbox. It goes only to the API's own origin, on every path. */
import type { Context, Middleware } from "@microsoft/microsoft-graph-client";
import { LargeAttachmentTask, withLargeAttachments, type UploadSession } from "../../src/index.js";
import {
  attachment,
  AUTHTOKEN,
  AZURE,
  azureOver,
  clientOver,
  collection,
  failure,
  file,
  GRAPH,
  HOST,
  options,
  PAT,
  printed,
  secretsIn,
  TOKEN,
  UPLOAD_URL,
  Wire,
  type Sent,
} from "./support/wire.js";

const headersOf = (requests: readonly Sent[]) => requests.map(({ headers }) => JSON.stringify([...headers])).join();
const noneHold = (requests: readonly Sent[], ...secrets: string[]) => {
  for (const secret of secrets)
    expect(headersOf(requests) + requests.map(({ url }) => url).join()).not.toContain(secret);
};
const task = "/me/todo/lists/l/tasks/t/attachments";
const taskAttachment = { ...attachment, "@odata.type": "#microsoft.graph.taskFileAttachment" };
const todoUrl = `${GRAPH}/v1.0/me/todo/lists/l/tasks/t/attachmentSessions/s`;

describe("the token", () => {
  test("is sent with every request to Graph and with none to the upload host, whoever added it", async () => {
    const wire = new Wire();
    await clientOver(wire).api(collection).post(attachment);
    expect(wire.received).toBe(file.toString());
    const own = wire.sent.filter(({ origin }) => origin === GRAPH);
    expect(own.every(({ headers }) => headers.get("Authorization") === `Bearer ${TOKEN}`)).toBe(true);
    expect(wire.beyond(GRAPH).map(({ method }) => method)).toEqual(["PUT", "PUT", "PUT"]);
    noneHold(wire.beyond(GRAPH), TOKEN);
  });

  test.each(["authorization", "AUTHORIZATION", "Authorization", "aUTHORIZATION"])(
    "does not reach the upload host as a header %s of the caller, of the client or of a Headers instance",
    async (name) => {
      const wire = new Wire();
      const secret = `Bearer ${TOKEN}-by-hand`;
      const asHeaders: Middleware = {
        execute(context: Context) {
          context.options = { ...context.options, headers: new Headers({ [name]: secret, "x-secret": TOKEN }) };
          return (this as { next?: Middleware }).next!.execute(context);
        },
        setNext(next: Middleware) {
          (this as { next?: Middleware }).next = next;
        },
      };
      await clientOver(wire).api(collection).header(name, secret).post(attachment);
      await clientOver(wire, { fetchOptions: { headers: { [name]: secret } } })
        .api(collection)
        .post(attachment);
      await clientOver(wire, { before: [asHeaders] })
        .api(collection)
        .post(attachment);
      await clientOver(wire, { fetchOptions: { headers: { [name]: secret } } })
        .api("/me/messages/AAMk=")
        .header(name, secret)
        .attach(file, { ...options, name: "a" });
      const task = await LargeAttachmentTask.create(
        clientOver(wire, { fetchOptions: { headers: new Headers({ [name]: secret }) } }),
        collection,
        file,
        { ...options, name: "a" },
      );
      await task.upload();
      const beyond = wire.beyond(GRAPH);
      expect(beyond).toHaveLength(15);
      noneHold(beyond, TOKEN);
      expect([...new Set(beyond.flatMap(({ headers }) => [...headers.keys()]))].sort()).toEqual([
        "content-length",
        "content-range",
        "content-type",
      ]);
    },
  );

  test("and other headers in a Headers instance reach Graph", async () => {
    const wire = new Wire();
    const asHeaders = {
      next: undefined as Middleware | undefined,
      execute(context: Context) {
        context.options = { ...context.options, headers: new Headers({ Prefer: 'IdType="ImmutableId"' }) };
        return this.next!.execute(context);
      },
      setNext(next: Middleware) {
        this.next = next;
      },
    };
    await clientOver(wire, { before: [asHeaders] })
      .api(collection)
      .post(attachment);
    const create = wire.sent.find(({ url }) => url.endsWith("/createUploadSession"))!;
    expect(create.headers.get("Prefer")).toBe('IdType="ImmutableId"');
  });

  test("does not reach the upload host, even if customHosts names it", async () => {
    const wire = new Wire();
    const client = clientOver(wire, { customHosts: new Set(["outlook.office.com", "graph.microsoft.com"]) });
    await client.api(collection).post(attachment);
    await client.api("/me/messages/AAMk=").attach(file, { ...options, name: "a" });
    await (await LargeAttachmentTask.create(client, collection, file, { ...options, name: "a" })).cancel();
    expect(wire.beyond(GRAPH)).toHaveLength(7);
    noneHold(wire.beyond(GRAPH), TOKEN);
  });

  test.each(["https://evil.example/v1.0/me/messages/AAMk=/attachments?page=2", "https://graph.microsoft.us/x?page=2"])(
    "does not follow the next page of a list to another host (%s)",
    async (next) => {
      const wire = new Wire(({ method, url, origin }) =>
        method === "GET" && origin === GRAPH && !url.includes("page=")
          ? Response.json({ value: [], "@odata.nextLink": next })
          : undefined,
      );
      const client = clientOver(wire, { fetchOptions: { headers: { authorization: `Bearer ${TOKEN}` } } });
      await client.api(collection).header("x-secret", TOKEN).post(attachment);
      noneHold(wire.beyond(GRAPH), TOKEN);
    },
  );

  test("of one cloud does not go to another one, although the client's own handler knows both", async () => {
    // a gateway's token, an upload URL on Graph itself
    const uploadUrl = `${GRAPH}/v1.0/anything?authtoken=x`;
    const wire = new Wire(undefined, uploadUrl);
    const client = clientOver(wire, {
      baseUrl: "https://gateway.example/",
      customHosts: new Set(["gateway.example"]),
    });
    await client
      .api(collection)
      .post(attachment)
      .catch(() => {});
    noneHold(wire.beyond("https://gateway.example"), TOKEN);
  });

  test("of Azure DevOps goes only to the origin of the organization, whatever the URL of an attachment", async () => {
    const id = "00000000-0000-4000-8000-000000000001";
    const wire = new Wire(({ method, headers }) => {
      if (method === "GET") return Response.json({ id: 1, rev: 1, relations: [] });
      if (method === "PATCH") return Response.json({ id: 1, rev: 2, relations: [] });
      const last = /-(\d+)\/(\d+)$/.exec(headers.get("Content-Range") ?? "");
      const url = "https://evil.example/f/_apis/wit/attachments/1";
      return Response.json({ id, url }, { status: last && Number(last[1]) + 1 < Number(last[2]) ? 202 : 201 });
    });
    const client = azureOver(wire);
    await client.api("/_apis/wit/workitems/1").attach(file, { name: "a.bin" });
    await client.api("/_apis/wit/attachments?fileName=a.bin").post(file);
    expect(wire.sent.length).toBeGreaterThan(8);
    expect(wire.beyond(AZURE)).toEqual([]);
    expect(wire.sent.every(({ headers }) => headers.get("Authorization") === `Basic ${btoa(`:${PAT}`)}`)).toBe(true);
  });
});

describe("a redirect", () => {
  const elsewhere = "https://evil.example/take";

  test.each([301, 302, 303, 307, 308])("of status %d from the upload host is not followed", async (status) => {
    const wire = new Wire(({ origin }) =>
      origin === HOST ? new Response(null, { status, headers: { Location: elsewhere } }) : undefined,
    );
    const error = await failure(clientOver(wire).api(collection).post(attachment));
    expect(wire.beyond(GRAPH, HOST)).toEqual([]);
    expect(wire.sent.filter(({ origin }) => origin === HOST).every(({ redirect }) => redirect === "manual")).toBe(true);
    expect(error).toMatchObject({ statusCode: status });
  });

  test.each([301, 302, 303, 307, 308])("of status %d is not followed when a session is discarded", async (status) => {
    const wire = new Wire(({ method, origin }) =>
      method === "DELETE" && origin === HOST
        ? new Response(null, { status, headers: { Location: elsewhere } })
        : undefined,
    );
    const task = await LargeAttachmentTask.create(clientOver(wire), collection, file, { ...options, name: "a" });
    await failure(task.cancel());
    expect(wire.beyond(GRAPH, HOST)).toEqual([]);
  });

  test.each([301, 302, 303, 307, 308])(
    "of status %d from Graph to another host takes no token with it",
    async (status) => {
      for (const name of ["Authorization", "authorization", "AUTHORIZATION"]) {
        const wire = new Wire(
          ({ url, method }) =>
            url.startsWith(GRAPH) && (url.includes("createUploadSession") || method === "PUT")
              ? new Response(null, { status, headers: { Location: elsewhere } })
              : undefined,
          todoUrl,
        );
        const client = clientOver(wire);
        await client
          .api(task)
          .header(name, `Bearer ${TOKEN}`)
          .post(taskAttachment)
          .catch(() => {});
        noneHold(wire.beyond(GRAPH), TOKEN);
      }
    },
  );

  test.each([301, 302, 303, 307, 308])(
    "of status %d does not carry a file of To Do to another host",
    async (status) => {
      const wire = new Wire(
        ({ method, origin }) =>
          method === "PUT" && origin === GRAPH
            ? new Response(null, { status, headers: { Location: elsewhere } })
            : undefined,
        todoUrl,
      );
      await clientOver(wire)
        .api(task)
        .post(taskAttachment)
        .catch(() => {});
      expect(wire.beyond(GRAPH).map(({ body }) => body.slice(0, 20))).toEqual([]);
    },
  );

  test.each([301, 302, 307, 308])("of status %d from Azure DevOps is not followed", async (status) => {
    const wire = new Wire(() => new Response(null, { status, headers: { Location: elsewhere } }));
    await failure(azureOver(wire).api("/_apis/wit/workitems/1").attach(file, { name: "a.bin" }));
    expect(wire.beyond(AZURE)).toEqual([]);
  });

  test("does not appear in an error with its target, because that address may be a credential", async () => {
    const wire = new Wire(({ origin }) =>
      origin === HOST ? new Response(null, { status: 307, headers: { Location: `${UPLOAD_URL}&again` } }) : undefined,
    );
    const attaching = clientOver(wire)
      .api("/me/messages/AAMk=")
      .attach(file, { ...options, name: "a" });
    expect(secretsIn(printed(await failure(attaching)))).toEqual([]);
  });
});

describe("an upload URL", () => {
  test.each([
    "http://outlook.office.com/x?authtoken=y",
    "HTTP://outlook.office.com/x",
    "javascript:alert(1)",
    "data:text/plain,x",
    "file:///etc/passwd",
    "ftp://outlook.office.com/x",
    "//evil.example/x",
    "/v1.0/me",
    "https:",
    "blob:https://outlook.office.com/1",
    " ",
    "x",
  ])("that is not https (%s) gets nothing, and the error says so", async (uploadUrl) => {
    for (const [path, body] of [
      [collection, attachment],
      [task, taskAttachment],
    ] as const) {
      const wire = new Wire(undefined, uploadUrl);
      const error = await failure(clientOver(wire).api(path).post(body));
      expect(wire.sent.filter(({ method, origin }) => method === "PUT" || origin !== GRAPH)).toEqual([]);
      expect(error).toMatchObject({ code: "invalid", message: expect.stringContaining("https") });
    }
  });

  test("with a name and a password gets nothing, and no error contains them", async () => {
    const wire = new Wire(undefined, `https://me:${AUTHTOKEN}@outlook.office.com/x`);
    const error = await failure(clientOver(wire).api(collection).post(attachment));
    expect(wire.beyond(GRAPH)).toEqual([]);
    expect(secretsIn(printed(error))).toEqual([]);
  });

  test("may be http only if the API itself is, as a local emulator is", async () => {
    const wire = new Wire(undefined, "http://localhost:9/x");
    const client = clientOver(wire, { baseUrl: "http://localhost:8/" });
    await client.api(collection).post(attachment);
    expect(wire.received).toBe(file.toString());
    expect(headersOf(wire.sent)).not.toContain(TOKEN); // the client sends no token over http
  });

  test("on an unknown host gets the bytes without the token, because the hosts of Outlook vary", async () => {
    const wire = new Wire(undefined, "https://evil.example/x");
    await clientOver(wire).api(collection).post(attachment);
    expect(wire.beyond(GRAPH)).toHaveLength(3);
    noneHold(wire.beyond(GRAPH), TOKEN);
  });

  test("of Outlook on Graph itself gets no token, because it could be any resource", async () => {
    const wire = new Wire(undefined, `${GRAPH}/v1.0/me/drive/root:/x:/content`);
    await clientOver(wire)
      .api(collection)
      .post(attachment)
      .catch(() => {});
    noneHold(
      wire.sent.filter(({ url }) => url.includes("/drive/")),
      TOKEN,
    );
  });

  test("of To Do outside of Graph gets no token", async () => {
    const wire = new Wire(undefined, "https://evil.example/x");
    await clientOver(wire)
      .api(task)
      .post(taskAttachment)
      .catch(() => {});
    expect(wire.beyond(GRAPH).length).toBeGreaterThan(0);
    noneHold(wire.beyond(GRAPH), TOKEN);
  });
});

describe("a stored session that was changed", () => {
  const stored: UploadSession = {
    protocol: "outlook",
    collection: `${GRAPH}/v1.0${collection}`,
    file: { name: "a", size: file.length },
    uploadUrl: UPLOAD_URL,
    offset: 0,
    before: [],
  };
  const azure: UploadSession = {
    ...stored,
    protocol: "azureDevOps",
    collection: `${AZURE}/f/_apis/wit/attachments`,
    uploadUrl: `${AZURE}/f/_apis/wit/attachments/00000000-0000-4000-8000-000000000001`,
    attachment: { id: "00000000-0000-4000-8000-000000000001", url: "x" },
    linkTo: `${AZURE}/f/_apis/wit/workitems/1`,
  };
  const leaking = { fetchOptions: { headers: { authorization: `Bearer ${TOKEN}`, "x-api-key": TOKEN } } };

  async function resume(wire: Wire, session: UploadSession, client = clientOver(wire, leaking)) {
    const work = async () => {
      const task = await LargeAttachmentTask.restore(client, session, file, options);
      await task.resume();
    };
    return work().catch((error: unknown) => error);
  }

  test("sends no token to the host that its collection was moved to", async () => {
    const wire = new Wire(({ method }) => (method === "PUT" ? new Response(null, { status: 404 }) : undefined));
    await resume(wire, { ...stored, collection: `https://evil.example/v1.0${collection}` });
    noneHold(wire.beyond(GRAPH), TOKEN);
  });

  test("sends no token to the host that its upload URL was moved to", async () => {
    const wire = new Wire();
    await resume(wire, { ...stored, uploadUrl: "https://evil.example/x" });
    noneHold(wire.beyond(GRAPH), TOKEN);
  });

  test("is refused if its upload URL is not https", async () => {
    const wire = new Wire();
    const error = await resume(wire, { ...stored, uploadUrl: "http://outlook.office.com/x" });
    expect(error).toMatchObject({ code: "invalid" });
    expect(wire.sent).toEqual([]);
  });

  test("is refused if its work item is on another host", async () => {
    const wire = new Wire();
    const session = { ...azure, linkTo: "https://evil.example/f/_apis/wit/workitems/1" };
    expect(await resume(wire, session, azureOver(wire))).toMatchObject({ code: "invalid" });
    expect(wire.sent).toEqual([]);
  });

  test("sends no token of Azure DevOps to the host that its collection was moved to", async () => {
    const wire = new Wire();
    const evil = (url: string) => url.replace(AZURE, "https://evil.example");
    await resume(wire, { ...azure, collection: evil(azure.collection), linkTo: evil(azure.linkTo!) }, azureOver(wire));
    noneHold(wire.beyond(AZURE), PAT, btoa(`:${PAT}`));
  });

  test.each(["outlook", "todo"])("of %s cannot have the token delete a message of the mailbox", async (protocol) => {
    const wire = new Wire();
    const victim = `${GRAPH}/v1.0/me/messages/victim`;
    const session = { ...stored, protocol, uploadUrl: victim };
    const target = protocol === "todo" ? { ...session, collection: `${GRAPH}/v1.0${task}` } : session;
    await LargeAttachmentTask.restore(clientOver(wire), target, file, options)
      .then((restored) => restored.cancel())
      .catch(() => {});
    const deletions = wire.sent.filter(({ method, url }) => method === "DELETE" && url === victim);
    expect(deletions.map(({ headers }) => headers.get("Authorization")).filter(Boolean)).toEqual([]);
  });

  test("cannot have the credential of Azure DevOps write outside the attachments", async () => {
    const wire = new Wire(({ method }) =>
      method === "PUT"
        ? Response.json({ id: "x", url: "x" }, { status: 201 })
        : Response.json({ id: 1, rev: 1, relations: [] }),
    );
    const session = { ...azure, attachment: { id: "../../../_apis/projects/victim", url: "x" } };
    await resume(wire, session, azureOver(wire));
    const outside = wire.sent.filter(
      ({ method, url }) => method !== "GET" && !/\/_apis\/wit\/(attachments|workitems)/.test(new URL(url).pathname),
    );
    expect(outside.map(({ method, url }) => `${method} ${url}`)).toEqual([]);
  });
});

test("withLargeAttachments on an existing client keeps all of this", async () => {
  const wire = new Wire();
  const client = clientOver(wire);
  await withLargeAttachments(client, options)
    .api(collection)
    .header("authorization", `Bearer ${TOKEN}`)
    .attach(file, { name: "a" });
  noneHold(wire.beyond(GRAPH), TOKEN);
});
