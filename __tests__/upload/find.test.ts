import { UploadError } from "../../src/errors.js";
import { findCreated, holdsNone, idsOf } from "../../src/upload/find.js";
import {
  COLLECTION,
  cut,
  failure,
  holds,
  notConnected,
  reply,
  sessionOf,
  talk,
  thrownBy,
  type Answer,
} from "../support/fakes";

const denied = failure(403, "ErrorAccessDenied");
const page = (next: string, ...ids: string[]) =>
  reply(200, { value: ids.map((id) => ({ id, name: "flower" })), "@odata.nextLink": `${COLLECTION}?$skip=${next}` });

test("reads all pages of a listing, because an item may hold many attachments", async () => {
  const { place, requests } = talk({ list: [page("2", "1", "2"), page("3", "3"), holds("last")] });
  expect(await idsOf(place)).toEqual(["1", "2", "3", "id of last"]);
  expect(requests.map(({ url }) => url)).toEqual([
    `${COLLECTION}?$select=id,name`,
    `${COLLECTION}?$skip=2`,
    `${COLLECTION}?$skip=3`,
  ]);
  expect(requests.every(({ method, to }) => method === "GET" && to === "api")).toBe(true);
});

test("gives up a listing whose pages form a circle", async () => {
  const { place, requests } = talk({ list: [page("2", "1"), page("3", "2"), page("2", "3")] });
  expect(await idsOf(place)).toBeUndefined();
  expect(requests).toHaveLength(3);
});

test.each<[string, Answer[], string[] | undefined]>([
  ["is refused", [denied], undefined],
  ["never arrives", [cut(), cut(), cut()], undefined],
  ["arrives after failures", [cut(), failure(503, "x"), holds("a")], ["id of a"]],
  ["arrives after refused connections", [notConnected(), notConnected(), holds("a")], ["id of a"]],
  ["arrives after a reply that was cut off", [reply(200, '{"value":[{'), holds()], []],
])("an upload continues if the listing before it %s", async (_, list, ids) => {
  const { place } = talk({ list });
  expect(await idsOf(place)).toEqual(ids);
});

test("knows nothing of a service that cannot list", async () => {
  const { place, requests } = talk({});
  const { list: _, ...protocol } = place.protocol;
  expect(await idsOf({ ...place, protocol })).toBeUndefined();
  expect(await findCreated({ ...place, protocol }, [])).toBeUndefined();
  expect(requests).toEqual([]);
});

test("an abort while listing rejects with the signal's reason", async () => {
  const { place } = talk({ list: [holds()] }, { signal: AbortSignal.abort("stop") });
  expect(await thrownBy(idsOf(place))).toBe("stop");
});

const before = ["id of old"];

test.each<[string, string[]]>([
  ["one more than before", ["old", "flower"]],
  ["one more of this name and others", ["old", "other", "flower", "third"]],
  ["only this one, because the others are gone", ["flower"]],
])("finds the new attachment if the item holds %s", async (_, names) => {
  const { place } = talk({ list: [holds(...names)] });
  const created = await findCreated(place, before);
  expect(created?.attachment).toMatchObject({ id: "id of flower", name: "flower", size: 10 });
});

test.each<[string, string[], string[]]>([
  ["nothing", [], []],
  ["only what it held before", before, ["old"]],
  ["an older attachment of the same name", ["id of flower"], ["flower"]],
  ["less than before", ["id of flower", "id of old"], ["flower"]],
])("finds no new attachment if the item holds %s", async (_, ids, names) => {
  const { place } = talk({ list: [holds(...names)] });
  expect(await findCreated(place, ids)).toBeUndefined();
});

const twins = reply(200, { value: ["1", "2"].map((id) => ({ id, name: "flower" })) });
test.each<[string, string[] | undefined, Answer[]]>([
  ["nobody knows what the item held before", undefined, []],
  ["two of this name are new", [], [twins]],
  ["another name is new, because services may change names", before, [holds("old", "flower (1)")]],
  ["the listing is refused", before, [denied]],
])("reports an uncertain result, instead of attaching twice, if %s", async (_, ids, list) => {
  const { place, requests } = talk({ list });
  const session = sessionOf({ before: ids });
  const error = (await thrownBy(findCreated(place, ids, session))) as UploadError;
  expect(error).toBeInstanceOf(UploadError);
  expect([error.code, error.session]).toEqual(["uncertain", session]);
  expect(error.message).toMatch(/Check the item's attachments before you attach it again/);
  expect(requests).toHaveLength(list.length);
});

test("an upload is interrupted, and can be resumed, if the listing does not arrive", async () => {
  const { place } = talk({ list: [cut(), failure(503, "x"), cut()] });
  const session = sessionOf({ before });
  const error = (await thrownBy(findCreated(place, before, session))) as UploadError;
  expect([error.code, error.session]).toEqual(["interrupted", session]);
  expect(error.message).not.toMatch(/Nothing was attached/);
});

test.each(["stop", new UploadError("cancelled", "The upload was cancelled.")])(
  "an abort ends the search with its own reason: %p",
  async (reason) => {
    const { place } = talk({ list: [holds()] }, { signal: AbortSignal.abort(reason) });
    expect(await thrownBy(findCreated(place, before))).toBe(reason);
    expect(await thrownBy(holdsNone(place))).toBe(reason);
    expect(await thrownBy(idsOf(place))).toBe(reason);
  },
);

test.each<[string, boolean, Answer[]]>([
  ["is empty", true, [holds()]],
  ["has other names", true, [holds("old", "Flower")]],
  ["has the name", false, [holds("old", "flower")]],
  ["has the name on its second page", false, [page("2"), holds("flower")]],
  ["is refused", false, [denied]],
  ["never arrives", false, [cut(), cut(), cut()]],
])("an item whose listing %s certainly holds nothing of the name: %p", async (_, none, list) => {
  const { place } = talk({ list });
  expect(await holdsNone(place)).toBe(none);
});
