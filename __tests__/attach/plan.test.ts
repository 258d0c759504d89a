import type { Content } from "../../src/files/open.js";
import { UploadError } from "../../src/errors.js";
import { Gate } from "../../src/http/gate.js";
import { settings } from "../../src/options.js";
import { planOf, type Intent } from "../../src/attach/plan.js";
import { outlook } from "../../src/protocols/outlook.js";
import { todo } from "../../src/protocols/todo.js";
import { COLLECTION, thrownBy } from "../support/fakes";

const execute = jest.fn(async () => {});

function intent(more: { [K in keyof Intent]?: unknown } = {}, size = 10): Intent {
  const content: Content = { size, anywhere: true, read: async () => new Uint8Array(0), close: () => {} };
  const call = { context: { request: COLLECTION, options: {} }, next: { execute } };
  const file = { name: "flower" };
  const given = {
    call,
    protocol: outlook,
    collection: COLLECTION,
    content,
    file,
    settings: settings(),
    gate: new Gate(),
    ...more,
  };
  return given as unknown as Intent;
}

async function refusalOf(given: Intent): Promise<[code: string, message: string]> {
  const error = (await thrownBy(() => planOf(given))) as UploadError;
  expect(error).toBeInstanceOf(UploadError);
  expect(execute).not.toHaveBeenCalled();
  return [error.code, error.message];
}

test("a plan holds what is known, with the size that the content has, and sends nothing", () => {
  const given = intent({ file: { name: "a", contentType: "x/y", contentId: "c" } }, 7);
  const plan = planOf(given);
  expect(plan).toMatchObject({
    collection: COLLECTION,
    file: { name: "a", size: 7, contentType: "x/y", contentId: "c" },
  });
  expect([plan.content, plan.service.protocol, plan.service.settings]).toEqual([
    given.content,
    outlook,
    { ...given.settings, threshold: 3_000_000, rangeSize: undefined },
  ]);
  expect(execute).not.toHaveBeenCalled();
});

test.each(["", "   ", undefined, null, 7])("the name %p is refused, because the service would", async (name) => {
  expect(await refusalOf(intent({ file: { name } }))).toEqual([
    "invalid",
    expect.stringMatching(/needs a name.*\{ name \}/),
  ]);
});

test.each([
  [outlook, 157_286_400],
  [todo, 26_214_400],
])(
  "$service takes 150 and 25 MB, and a file that is larger is refused before its first byte",
  async (protocol, most) => {
    expect(planOf(intent({ protocol }, most)).file.size).toBe(most);
    const [code, message] = await refusalOf(intent({ protocol }, most + 1));
    expect([code, message]).toEqual(["tooLarge", expect.stringContaining(`${protocol.service} takes ${most} at most`)]);
    expect(message).toContain(`${most + 1} bytes`);
  },
);

test.each([outlook, todo])("$service takes ranges of less than 4 MB only", async (protocol) => {
  expect(planOf(intent({ protocol, settings: settings({ rangeSize: 3_999_999 }) })).service.settings.rangeSize).toBe(
    3_999_999,
  );
  expect(await refusalOf(intent({ protocol, settings: settings({ rangeSize: 4_000_000 }) }))).toEqual([
    "invalid",
    `rangeSize is 4000000, but for ${protocol.service} it must be at most 3999999 bytes.`,
  ]);
});

test("ranges are whole multiples of what a service asks for, whatever was asked", async () => {
  const limits = { file: 1000, range: 100, unit: 20 };
  const of = (rangeSize: number) =>
    intent({ protocol: { ...outlook, service: "Other", limits }, settings: settings({ rangeSize }) });
  expect([1, 20, 40, 50, 59, 119].map((size) => planOf(of(size)).service.settings.rangeSize)).toEqual([
    20, 20, 40, 40, 40, 100,
  ]);
  expect(await refusalOf(of(120))).toEqual([
    "invalid",
    "rangeSize is 120, but for Other it must be at most 100 bytes.",
  ]);
});
