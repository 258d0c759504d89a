import type { Item } from "../../src/emulator/index";
import { errorOf, openOutlook, rangeOf, sampleBytes, startBench, type Bench } from "./support";

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.emulator.close());
beforeEach(() => bench.emulator.reset());

const smile = {
  "@odata.type": "#microsoft.graph.fileAttachment",
  name: "smile.gif",
  contentBytes: "R0lGODdhEAYEAA7/",
};

test("an attachment can be posted, listed, read and removed", async () => {
  const { emulator, graph } = bench;
  const event = emulator.addEvent();
  const posted = await graph("POST", `${event.path}/attachments`, {
    ...smile,
    contentId: "cid",
    isInline: true,
  });
  expect(posted.status).toBe(201);
  const attachment = (await posted.json()) as { id: string };
  expect(attachment).toMatchObject({ ...smile, contentType: "image/gif", contentId: "cid", isInline: true });
  expect(emulator.attachments(event)[0]).toMatchObject({ id: attachment.id, via: "post" });

  const list = (await (await graph("GET", `${event.path}/attachments?$select=Name`)).json()) as {
    value: object[];
  };
  expect(list.value).toEqual([expect.objectContaining({ id: attachment.id, name: "smile.gif" })]);
  expect(list.value[0]).not.toHaveProperty("size");
  const url = `${event.path}/attachments/${encodeURIComponent(attachment.id)}`;
  expect(await (await graph("GET", url)).json()).toMatchObject({ contentBytes: smile.contentBytes });
  const value = await graph("GET", `${url}/$value`);
  expect(value.headers.get("content-type")).toBe("image/gif");
  expect(Buffer.from(await value.arrayBuffer()).toString("base64")).toBe(smile.contentBytes);
  expect((await graph("PATCH", url, { name: "x" })).status).toBe(405);
  expect((await graph("DELETE", url)).status).toBe(204);
  expect((await graph("GET", url)).status).toBe(404);
});

test("an attachment's size is larger than its file, as in the documented sample", async () => {
  const { emulator, graph } = bench;
  const message = emulator.addMessage();
  const { id } = emulator.addAttachment(message, { name: "a.bin", bytes: sampleBytes(1000) });
  const read = (await (await graph("GET", `${message.path}/attachments/${id}?$select=size`)).json()) as object;
  expect(read).toHaveProperty("size", 1045);
  expect(read).not.toHaveProperty("contentBytes");
});

test("a list longer than a page continues at its nextLink", async () => {
  const { emulator, graph, send } = bench;
  const message = emulator.addMessage();
  for (let at = 0; at < 13; at++) emulator.addAttachment(message, { name: `${at}`, bytes: sampleBytes(1) });
  const first = (await (await graph("GET", `${message.path}/attachments`)).json()) as Record<string, unknown[]>;
  expect(first.value).toHaveLength(10);
  const headers = { authorization: `Bearer ${emulator.token}` };
  const rest = (await (await send(String(first["@odata.nextLink"]), { headers })).json()) as Record<string, object[]>;
  expect(rest.value!.map((attachment) => (attachment as { name: string }).name)).toEqual(["10", "11", "12"]);
  expect(rest).not.toHaveProperty("@odata.nextLink");
});

test.each([
  ["no bearer", {}, smile, 401],
  ["another bearer", { authorization: "Bearer other" }, smile, 401],
  ["no JSON content type", { "content-type": "text/plain" }, smile, 415],
  ["no type", {}, { ...smile, "@odata.type": undefined }, 400],
  ["a task's type", {}, { ...smile, "@odata.type": "#microsoft.graph.taskFileAttachment" }, 400],
  ["no name", {}, { ...smile, name: undefined }, 400],
  ["no bytes", {}, { ...smile, contentBytes: undefined }, 400],
  ["broken base64", {}, { ...smile, contentBytes: "R0lGODdhEAYEAA7" }, 400],
  ["base64 with a line break", {}, { ...smile, contentBytes: "R0lG\nODd" }, 400],
  ["an unknown property", {}, { ...smile, colour: "red" }, 400],
])("a POST with %s is refused", async (what, headers, body, status) => {
  const { emulator, send } = bench;
  const message = emulator.addMessage();
  const bearer: Record<string, string> = what.endsWith("bearer") ? {} : { authorization: `Bearer ${emulator.token}` };
  const response = await send(`${emulator.graphUrl}v1.0${message.path}/attachments`, {
    method: "POST",
    headers: { "content-type": "application/json", ...bearer, ...(headers as Record<string, string>) },
    body: JSON.stringify(body),
  });
  expect(response.status).toBe(status);
  expect(emulator.attachments(message)).toEqual([]);
});

describe("a link to a file, as a reference attachment,", () => {
  const reference = {
    "@odata.type": "#microsoft.graph.referenceAttachment",
    name: "link",
    sourceUrl: "https://x.example",
  };
  const items = (): [string, Item][] => [
    ["message", bench.emulator.addMessage()],
    ["event", bench.emulator.addEvent()],
  ];
  afterEach(() => bench.emulator.vary({ referenceAttachments: "refused" }));

  test("is refused by v1.0, which ignores its URL", async () => {
    for (const [kind, item] of items()) {
      const response = await bench.graph("POST", `${item.path}/attachments`, reference);
      expect([kind, response.status, await errorOf(response)]).toEqual([
        kind,
        400,
        expect.objectContaining({
          code: "ErrorInvalidProperty",
          message: "The property 'SourceUrl' is required when creating the entity.",
        }),
      ]);
      expect(bench.emulator.attachments(item)).toEqual([]);
    }
  });

  test("is stored by beta, and by v1.0 in that variation", async () => {
    const { emulator, graph, send } = bench;
    const { path } = emulator.addMessage();
    const beta = await send(`${emulator.graphUrl}beta${path}/attachments`, {
      method: "POST",
      headers: { authorization: `Bearer ${emulator.token}`, "content-type": "application/json" },
      body: JSON.stringify({ ...reference, providerType: "oneDriveBusiness", permission: "view" }),
    });
    expect(beta.status).toBe(201);
    emulator.vary({ referenceAttachments: "taken" });
    for (const [, item] of items()) {
      expect((await graph("POST", `${item.path}/attachments`, reference)).status).toBe(201);
      expect(emulator.attachments(item)).toMatchObject([{ odataType: reference["@odata.type"], name: "link" }]);
    }
  });

  test("needs its URL and no unknown property in every variation", async () => {
    bench.emulator.vary({ referenceAttachments: "taken" });
    const { path } = bench.emulator.addMessage();
    for (const wrong of [{ sourceUrl: undefined }, { sourceUrl: "" }, { link: "x" }, { name: "" }]) {
      expect((await bench.graph("POST", `${path}/attachments`, { ...reference, ...wrong })).status).toBe(400);
    }
  });
});

test("an item attachment is stored too", async () => {
  const { emulator, graph } = bench;
  const message = emulator.addMessage();
  const item = { "@odata.type": "#microsoft.graph.itemAttachment", name: "mail", item: { subject: "x" } };
  expect((await graph("POST", `${message.path}/attachments`, item)).status).toBe(201);
  expect(emulator.attachments(message)[0]).toMatchObject({ odataType: item["@odata.type"], name: "mail" });
});

describe("the request cap is 4,194,304 bytes of body", () => {
  const post = (body: string): Promise<Response> =>
    bench.graph("POST", `${bench.emulator.addMessage().path}/attachments`, body);
  const bodyOf = (size: number): string => {
    const fits = JSON.stringify({ ...smile, contentBytes: Buffer.alloc(3_145_600).toString("base64") });
    return fits + " ".repeat(size - fits.length);
  };

  test("exactly that much passes, one byte more does not", async () => {
    expect((await post(bodyOf(4_194_304))).status).toBe(201);
    const refused = await post(bodyOf(4_194_305));
    expect(refused.status).toBe(413);
    expect((await errorOf(refused)).message).toBe("The maximum request length supported is 4MB.");
  });

  test.each([
    ["entity413", 413, /RequestEntityTooLarge/],
    ["html413", 413, /^<html>/],
    ["empty413", 413, /^$/],
    ["json400", 400, /Maximum request length exceeded/],
    ["empty500", 500, /^$/],
  ] as const)("its answer can be %s", async (tooLarge, status, text) => {
    bench.emulator.vary({ tooLarge });
    const response = await post(bodyOf(4_194_305));
    expect(response.status).toBe(status);
    expect(await response.text()).toMatch(text);
    bench.emulator.vary({ tooLarge: "json413" });
  });

  test("the answer to a longer body can be a reset", async () => {
    bench.emulator.vary({ tooLarge: "reset" });
    await expect(post(bodyOf(4_194_305))).rejects.toThrow("fetch failed");
    bench.emulator.vary({ tooLarge: "json413" });
  });
});

describe("an item is found on every path of the model, in every spelling", () => {
  const messagePaths = [
    "/me/messages/{id}",
    "/ME/Messages/{id}",
    "/me/messages('{id}')",
    "/users/megan%40contoso.example/messages/{id}",
    "/users('megan@contoso.example')/messages('{id}')",
    "/me/mailFolders/drafts/messages/{id}",
    "/me/mailFolders('inbox')/childFolders/a/childFolders/b=/messages/{id}",
  ];
  const eventPaths = [
    "/me/events/{id}",
    "/me/calendar/events/{id}",
    "/me/calendars/c/events/{id}",
    "/me/calendarGroups/g/calendars/c/calendarView/{id}",
    "/me/calendarView/m/instances/{id}",
    "/me/calendarGroups('g')/calendars('c')/calendarView('e')/exceptionOccurrences('{id}')",
  ];
  const taskPaths = ["/me/todo/lists/l=/tasks/{id}", "/users/megan@contoso.example/Todo/Lists('l')/Tasks('{id}')"];

  test.each([...messagePaths, ...eventPaths, ...taskPaths])("%s", async (pattern) => {
    const { emulator, graph } = bench;
    const kind = messagePaths.includes(pattern) ? "addMessage" : eventPaths.includes(pattern) ? "addEvent" : "addTask";
    const item = emulator[kind]();
    emulator.addAttachment(item, { name: "a", bytes: sampleBytes(3) });
    for (const id of [item.id, encodeURIComponent(item.id)]) {
      const list = await graph("GET", `${pattern.replace("{id}", id)}/Attachments`);
      expect([list.status, ((await list.json()) as { value: object[] }).value.length]).toEqual([200, 1]);
    }
  });

  test("the event of a meeting request is found through its message", async () => {
    const { emulator, graph } = bench;
    const message = emulator.addMessage();
    const event = emulator.addEvent({ message });
    expect(await (await graph("GET", `${message.path}/event`)).json()).toMatchObject({ id: event.id });
  });

  test.each(["createUploadSession", "createuploadsession", "microsoft.graph.createUploadSession"])(
    "and the action as %s",
    async (action) => {
      const response = await bench.graph("POST", `${bench.emulator.addMessage().path}/attachments/${action}`, {
        AttachmentItem: { attachmentType: "file", name: "a", size: 5 },
      });
      expect(response.status).toBe(201);
    },
  );

  test.each([
    ["outside of the model", "/me/mesages/x/attachments", 400],
    ["of an unknown item", "/me/messages/x=/attachments", 404],
    ["with a sessions collection that only To Do has", "/me/messages/x/attachmentSessions/y", 400],
    ["with broken encoding", "/me/messages/%zz/attachments", 400],
  ])("but not a path %s", async (_what, path, status) => {
    expect((await bench.graph("GET", path)).status).toBe(status);
  });

  test("and not a message on a path of events", async () => {
    const { id } = bench.emulator.addMessage();
    expect((await bench.graph("GET", `/me/events/${id}/attachments`)).status).toBe(404);
  });
});

test("a draft can be created, read, and deleted with its sessions", async () => {
  const { emulator, graph, send } = bench;
  const created = await graph("POST", "/me/messages", { subject: "Hello", attachments: [] });
  const { id } = (await created.json()) as { id: string };
  const item = { id, path: `/me/messages/${id}` };
  const url = await openOutlook(bench, item, { size: 5 });
  expect(await (await graph("GET", item.path)).json()).toMatchObject({ subject: "Hello", isDraft: true });
  expect((await graph("DELETE", item.path)).status).toBe(204);
  expect((await send(url, rangeOf(sampleBytes(5), 0, 5))).status).toBe(404);
  expect(() => emulator.attachments(id)).toThrow("no item");
});

test("the documented limits of a mailbox end in 429 with Retry-After", async () => {
  let now = 0;
  const own = await startBench({ now: () => now, vary: { mailboxRequests: 2, retryAfterSeconds: 7 } });
  const { path } = own.emulator.addMessage();
  const list = (): Promise<Response> => own.graph("GET", `${path}/attachments`);
  expect([(await list()).status, (await list()).status]).toEqual([200, 200]);
  const refused = await list();
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "7"]);
  now += 600_000;
  expect((await list()).status).toBe(200);
  own.emulator.vary({ mailboxRequests: Infinity, mailboxUploadBytes: 200, retryAfterSeconds: null });
  expect((await own.graph("POST", `${path}/attachments`, smile)).status).toBe(201);
  const full = await own.graph("POST", `${path}/attachments`, smile);
  expect([full.status, full.headers.get("retry-after")]).toEqual([429, null]);
  await own.emulator.close();
});

test("a mailbox whose bytes are used up can say when the request fits", async () => {
  let now = 0;
  const bytes = Buffer.byteLength(JSON.stringify(smile));
  const vary = { mailboxUploadBytes: 2 * bytes, retryAfterFits: true };
  const own = await startBench({ now: () => now, vary });
  const { path } = own.emulator.addMessage();
  const post = async () => {
    const { status, headers } = await own.graph("POST", `${path}/attachments`, smile);
    return [status, headers.get("retry-after")];
  };
  expect(await post()).toEqual([201, null]);
  now += 100_000;
  expect(await post()).toEqual([201, null]);
  now += 50_500;
  expect(await post()).toEqual([429, "150"]);
  now += 149_500;
  expect(await post()).toEqual([201, null]);
  expect(await post()).toEqual([429, "100"]);
  await own.emulator.close();
});

test("ranges of Outlook count for the mailbox of their session, not for that of who signed in", async () => {
  const own = await startBench({ vary: { countOutlookRequests: true, mailboxUploadBytes: 1_000 } });
  const { id } = own.emulator.addMessage();
  const open = async (owner: string) => {
    const AttachmentItem = { attachmentType: "file", name: "a", size: 1_200 };
    const created = await own.graph("POST", `${owner}/messages/${id}/attachments/createUploadSession`, {
      AttachmentItem,
    });
    return ((await created.json()) as { uploadUrl: string }).uploadUrl;
  };
  const put = async (url: string, start: number, end: number) =>
    (await own.send(url, rangeOf(sampleBytes(1_200), start, end))).status;
  const shared = await open("/users/shared@contoso.example");
  expect(await put(shared, 0, 700)).toBe(200);
  expect(await put(shared, 700, 1_200)).toBe(429);
  const mine = await open("/me");
  expect(await put(mine, 0, 700)).toBe(200);
  expect(await put(mine, 700, 1_200)).toBe(429);
  expect(await put(await open("/users('Other@contoso.example')"), 0, 700)).toBe(200);
  await own.emulator.close();
});

test("a body that is larger than the window of a mailbox is refused for good with 413, because no wait helps", async () => {
  const own = await startBench({ vary: { mailboxUploadBytes: 100 } });
  const { path } = own.emulator.addMessage();
  const refused = await own.graph("POST", `${path}/attachments`, { ...smile, contentBytes: "A".repeat(200) });
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([413, null]);
  await own.emulator.close();
});

test("the log shows every request and no secret", async () => {
  const { emulator, send } = bench;
  const url = await openOutlook(bench, emulator.addMessage(), { size: 5 });
  await send(url, rangeOf(sampleBytes(5), 0, 5));
  const token = new URL(url).searchParams.get("authtoken")!;
  expect(emulator.requests).toMatchObject([
    { origin: "graph", method: "POST", kind: "create", authorized: true, status: 201 },
    {
      origin: "outlook",
      method: "PUT",
      kind: "range",
      authorized: false,
      bodyBytes: 5,
      contentRange: "bytes 0-4/5",
      status: 201,
    },
  ]);
  expect(JSON.stringify(emulator.requests)).not.toContain(token);
  expect(JSON.stringify(emulator.requests)).not.toContain(emulator.token);
});
