/** The user, the lists and tasks of To Do: what clients ask for on the way to a file. */
import { errorOf, startBench, type Bench } from "./support";

let bench: Bench;
beforeAll(async () => void (bench = await startBench()));
beforeEach(() => bench.emulator.reset());
afterAll(() => bench.emulator.close());

const read = async (method: string, path: string, body?: object): Promise<Record<string, unknown>> =>
  (await (await bench.graph(method, path, body)).json()) as Record<string, unknown>;

test.each(["/me", "/users/megan@contoso.example", "/users('a8e8e219-4931-95c1-b73d-62626fd79c32')"])(
  "%s is the signed-in user",
  async (path) => {
    const me = { displayName: "Megan Bowen", userPrincipalName: "megan@contoso.example" };
    expect(await read("GET", path)).toMatchObject({ id: "a8e8e219-4931-95c1-b73d-62626fd79c32", ...me });
    expect(await read("GET", `${path}?$select=displayName`)).not.toHaveProperty("mail");
  },
);

test("another user is whom the path names, with the id that chats give them", async () => {
  const { members } = bench.emulator.teams.addChat({ members: ["adele@contoso.example"] });
  const adele = await read("GET", "/users/adele@contoso.example");
  expect(adele).toMatchObject({ mail: "adele@contoso.example", displayName: "adele" });
  expect(members.map(({ userId }) => userId)).toContain(adele.id);
  expect((await bench.graph("PATCH", "/me", {})).status).toBe(405);
});

test("lists and tasks of To Do are created, read in pages, changed and deleted", async () => {
  const list = await read("POST", "/me/todo/lists/", { displayName: "Errands" });
  const path = `/me/todo/lists/${list.id as string}`;
  expect(await read("PATCH", path, { displayName: "Shopping" })).toMatchObject({ displayName: "Shopping" });
  const first = await read("POST", `${path}/tasks`, { title: "Milk", "@odata.type": "#microsoft.graph.todoTask" });
  await read("POST", `${path}/tasks`, { title: "Bread" });
  await read("PATCH", `${path}/tasks/${first.id as string}`, { status: "completed" });
  const open = await read("GET", `${path}/tasks?$filter=status ne 'completed'&$select=title`);
  expect(open.value).toEqual([{ id: expect.any(String), title: "Bread" }]);
  const page = await read("GET", `${path}/tasks?$top=1`);
  expect(page).toMatchObject({ value: [{ title: "Milk" }], "@odata.nextLink": expect.stringContaining("skiptoken=1") });
  expect((await bench.graph("DELETE", path)).status).toBe(204);
  expect((await bench.graph("GET", `${path}/tasks/${first.id as string}`)).status).toBe(404);
});

test("a task that a client made holds attachments as one of the fixture does", async () => {
  const { id } = await read("POST", "/me/todo/lists", { displayName: "Errands" });
  const task = await read("POST", `/me/todo/lists/${id as string}/tasks`, { title: "Milk" });
  const path = `/me/todo/lists/${id as string}/tasks/${task.id as string}`;
  const file = { "@odata.type": "#microsoft.graph.taskFileAttachment", name: "a", contentBytes: "YQ==" };
  expect((await bench.graph("POST", `${path}/attachments`, file)).status).toBe(201);
  expect(await read("GET", path)).toMatchObject({ title: "Milk", hasAttachments: true });
});

test("To Do refuses a property that it does not know, and a list without a name", async () => {
  const { id } = await read("POST", "/me/todo/lists", { displayName: "Errands" });
  const stray = await bench.graph("POST", `/me/todo/lists/${id as string}/tasks`, { colour: "red" });
  expect([stray.status, (await errorOf(stray)).code]).toEqual([400, "BadRequest"]);
  expect((await bench.graph("POST", "/me/todo/lists", {})).status).toBe(400);
});
