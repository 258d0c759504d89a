import { UploadError } from "../../src/errors.js";
import { findCreated, holdsNone, idsOf } from "../../src/upload/find.js";
import type { Service } from "../../src/http/service.js";
import { COLLECTION, cut, failure, holds, reply, sessionOf, talk, thrownBy, type Answer } from "../support/fakes";

const flower = sessionOf().file;
const denied = failure(403, "ErrorAccessDenied");
const page = (next: string, ...ids: string[]) =>
  reply(200, { value: ids.map((id) => ({ id, name: "flower" })), "@odata.nextLink": `${COLLECTION}?$skip=${next}` });

test("all pages of a listing count, because an item may hold many attachments", async () => {
  const { service, requests } = talk({ list: [page("2", "1", "2"), page("3", "3"), holds("last")] });
  expect(await idsOf(service, COLLECTION, flower)).toEqual(["1", "2", "3", "id of last"]);
  expect(requests.map(({ url }) => url)).toEqual([
    `${COLLECTION}?$select=id,name`,
    `${COLLECTION}?$skip=2`,
    `${COLLECTION}?$skip=3`,
  ]);
  expect(requests.every(({ method, to }) => method === "GET" && to === "api")).toBe(true);
});

test("a listing that leads round in a circle tells nothing, instead of never ending", async () => {
  const { service, requests } = talk({ list: [page("2", "1"), page("3", "2"), page("2", "3")] });
  expect(await idsOf(service, COLLECTION, flower)).toBeUndefined();
  expect(requests).toHaveLength(3);
});

test.each<[string, Answer[], string[] | undefined]>([
  ["is refused", [denied], undefined],
  ["never comes", [cut(), cut(), cut()], undefined],
  ["comes after a failure", [cut(), failure(503, "x"), holds("a")], ["id of a"]],
  ["comes after one that was cut", [reply(200, '{"value":[{'), holds()], []],
])("what an item held before is no reason to stop where the listing %s", async (_, list, ids) => {
  const { service } = talk({ list });
  expect(await idsOf(service, COLLECTION, flower)).toEqual(ids);
});

test("a service that cannot list tells nothing", async () => {
  const { service, requests } = talk({});
  const mute = { ...service, protocol: { ...service.protocol, list: undefined } } as unknown as Service;
  expect(await idsOf(mute, COLLECTION, flower)).toBeUndefined();
  expect(requests).toEqual([]);
});

test("an abort while listing is an abort", async () => {
  const { service } = talk({ list: [holds()] }, { signal: AbortSignal.abort("stop") });
  expect(await thrownBy(idsOf(service, COLLECTION, flower))).toBe("stop");
});

const before = ["id of old"];

test.each<[string, string[]]>([
  ["only one more", ["old", "flower"]],
  ["one more of this name and others", ["old", "other", "flower", "third"]],
  ["one, where the others have gone", ["flower"]],
])("the new attachment is found where the item holds %s", async (_, names) => {
  const { service } = talk({ list: [holds(...names)] });
  const created = await findCreated(service, sessionOf({ before }));
  expect(created?.attachment).toMatchObject({ id: "id of flower", name: "flower", size: 10 });
});

test.each<[string, string[], string[]]>([
  ["nothing", [], []],
  ["only what it held before", before, ["old"]],
  ["an older attachment of the same name", ["id of flower"], ["flower"]],
  ["less than before", ["id of flower", "id of old"], ["flower"]],
])("nothing was made where the item holds %s, so that an old one is never taken for it", async (_, ids, names) => {
  const { service } = talk({ list: [holds(...names)] });
  expect(await findCreated(service, sessionOf({ before: ids }))).toBeUndefined();
});

const twins = reply(200, { value: ["1", "2"].map((id) => ({ id, name: "flower" })) });
test.each<[string, string[] | undefined, Answer[]]>([
  ["what it held before is not known", undefined, []],
  ["two of this name are new", [], [twins]],
  ["another name is new, for services may change names", before, [holds("old", "flower (1)")]],
  ["the listing is refused", before, [denied]],
])("where %s, the error says that it cannot be known, instead of a second attachment", async (_, ids, list) => {
  const { service, requests } = talk({ list });
  const session = sessionOf({ before: ids });
  const error = (await thrownBy(findCreated(service, session))) as UploadError;
  expect(error).toBeInstanceOf(UploadError);
  expect([error.code, error.session]).toEqual(["uncertain", session]);
  expect(error.message).toMatch(/Look at the item's attachments before attaching again/);
  expect(requests).toHaveLength(list.length);
});

test("where the listing does not come, the upload is only interrupted, for later it may tell", async () => {
  const { service } = talk({ list: [cut(), failure(503, "x"), cut()] });
  const session = sessionOf({ before });
  const error = (await thrownBy(findCreated(service, session))) as UploadError;
  expect([error.code, error.session]).toEqual(["interrupted", session]);
  expect(error.message).not.toMatch(/Nothing was attached/);
});

test.each(["stop", new UploadError("cancelled", "The upload was cancelled.")])(
  "an abort ends the search with its own reason, %p, also where that is an error of ours, as a cancelled task's is",
  async (reason) => {
    const { service } = talk({ list: [holds()] }, { signal: AbortSignal.abort(reason) });
    expect(await thrownBy(findCreated(service, sessionOf({ before })))).toBe(reason);
    expect(await thrownBy(holdsNone(service, COLLECTION, flower))).toBe(reason);
    expect(await thrownBy(idsOf(service, COLLECTION, flower))).toBe(reason);
  },
);

test.each<[string, boolean, Answer[]]>([
  ["is empty", true, [holds()]],
  ["has other names", true, [holds("old", "Flower")]],
  ["has the name", false, [holds("old", "flower")]],
  ["has the name on its second page", false, [page("2"), holds("flower")]],
  ["is refused", false, [denied]],
])("an item whose listing %s certainly holds none of the name: %p", async (_, none, list) => {
  const { service } = talk({ list });
  expect(await holdsNone(service, COLLECTION, flower)).toBe(none);
});
