import { startEmulator, type Emulator } from "../../../src/emulator/index.js";
import { clientOf } from "../../support/graph.js";

const id = "String {8d3b6f0e-5c1e-4a53-9c0b-2f6d3a0c7b41} Name test";
const other = `${id}-other`;
const filter = (value: string) =>
  `$filter=${encodeURIComponent(`singleValueExtendedProperties/Any(ep: ep/id eq '${id}' and ep/value eq '${value}')`)}`;
const expand = `$expand=${encodeURIComponent(`singleValueExtendedProperties($filter=id eq '${id}')`)}`;

let emulator: Emulator;
beforeAll(async () => void (emulator = await startEmulator()));
beforeEach(() => (emulator.reset(), emulator.vary({ filterDelay: 0, deletedMail: "gone" })));
afterAll(() => emulator.close());

const api = (path: string) => clientOf(emulator).api(path);
const post = (value: string, path = "/me/messages") =>
  api(path).post({ subject: value, singleValueExtendedProperties: [{ id, value }] });
const found = async (value: string, path = "/me/messages") =>
  ((await api(`${path}?${filter(value)}`).get()) as { value: { id: string }[] }).value.map((one) => one.id);

test("a message is found by an extended property, in all folders and in its own, quotes and letter case included", async () => {
  const [plain, quoted] = [await post("a"), await post("it''s".replace("''", "'"), "/me/mailFolders/inbox/messages")];
  expect(await found("a")).toEqual([plain.id]);
  expect(await found("A")).toEqual([]);
  expect(await found("it''s")).toEqual([quoted.id]);
  expect(await found("it''s", "/me/mailFolders/inbox/messages")).toEqual([quoted.id]);
  expect(await found("it''s", "/me/mailFolders/archive/messages")).toEqual([]);
});

test("only $expand shows extended properties, and a PATCH adds to them or replaces one", async () => {
  const made = await post("a");
  expect(made).not.toHaveProperty("singleValueExtendedProperties");
  const path = `/me/messages/${made.id}`;
  await api(path).patch({ singleValueExtendedProperties: [{ id: other, value: "b" }] });
  expect(await api(path).get()).not.toHaveProperty("singleValueExtendedProperties");
  expect(await api(`${path}?${expand}`).get()).toMatchObject({ singleValueExtendedProperties: [{ id, value: "a" }] });
  await api(path).patch({ singleValueExtendedProperties: [{ id, value: "c" }] });
  expect(await found("a")).toEqual([]);
  expect(await found("c")).toEqual([made.id]);
});

test("a list with a filter is late, if so varied, after a message was made, moved or sent", async () => {
  emulator.vary({ filterDelay: 2 });
  const made = await post("a");
  expect([await found("a"), await found("a"), await found("a")]).toEqual([[], [], [made.id]]);
  const moved = await api(`/me/messages/${made.id}/move`).post({ destinationId: "archive" });
  expect(moved.id).not.toBe(made.id);
  expect([await found("a"), await found("a"), await found("a")]).toEqual([[], [], [moved.id]]);
});

test("a deleted message is in Deleted Items, if so varied, and gone when it is deleted there", async () => {
  emulator.vary({ deletedMail: "moved" });
  const made = await post("a");
  await api(`/me/messages/${made.id}`).delete();
  const folder = await api("/me/mailFolders/deleteditems?$select=id").get();
  const [deleted] = (
    (await api(`/me/messages?${filter("a")}`).get()) as { value: { id: string; parentFolderId: string }[] }
  ).value;
  expect(deleted).toMatchObject({ parentFolderId: folder.id });
  await api(`/me/messages/${deleted!.id}`).delete();
  expect(await found("a")).toEqual([]);
});

test("a moved message with an immutable id keeps it", async () => {
  const prefer = 'IdType="ImmutableId"';
  const made = await api("/me/messages").header("Prefer", prefer).post({ subject: "s" });
  const moved = await api(`/me/messages/${made.id}/move`).header("Prefer", prefer).post({ destinationId: "archive" });
  expect(moved.id).toBe(made.id);
});
