/**
 * An intercepted body is read exactly as `JSON.parse` and `Buffer.from(…, "base64")` read it, or not at all. In that case it
 * passes through unchanged.
 */
import fc from "fast-check";
import type { Content } from "../../src/file.js";
import { cutBody, join, openBody } from "../../src/files/contentBytes.js";
import { UploadError } from "../../src/errors.js";
import { openLetter } from "../../src/messages/letter.js";
import { outlook } from "../../src/protocols/outlook.js";
import { check, checkAsync } from "./support/check.js";
import {
  base64,
  damaged,
  isBase64,
  parsed,
  shuffled,
  spell,
  spelled,
  dice,
  text,
  tree,
  type Tree,
} from "./support/json.js";

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const equalJson = (one: unknown, other: unknown) => expect(JSON.stringify(one)).toBe(JSON.stringify(other));

/** The bytes, read in pieces of some size. `undefined` if they are refused because they are not base64. */
async function bytesOf(content: Content, piece: number): Promise<Buffer | undefined> {
  const pieces: Uint8Array[] = [];
  try {
    for (let at = 0; at < content.size; at += piece)
      pieces.push(await content.read(at, Math.min(at + piece, content.size)));
  } catch (error) {
    expect(error).toBeInstanceOf(UploadError);
    return undefined;
  }
  return Buffer.concat(pieces);
}

function attempt<T>(open: () => T): T | UploadError {
  try {
    return open();
  } catch (error) {
    if (error instanceof UploadError) return error;
    throw error;
  }
}

/** Compares one body, valid or not, with the result of the platform. */
async function holdBody(body: string, piece: number): Promise<void> {
  const opened = attempt(() => openBody(body));
  if (opened === undefined) return;
  const { value } = parsed(body) ?? { value: undefined };
  if (!isObject(value)) throw new Error("A body that is not a JSON object was opened.");
  const spelled = Object.keys(value).find((name) => name.toLowerCase() === "contentbytes") ?? ""; // in any letter case
  const key = Object.hasOwn(value, "contentBytes") ? "contentBytes" : spelled;
  const { [key]: contentBytes, ...members } = value;
  if (opened instanceof UploadError) return expect(isBase64(String(contentBytes))).toBe(false);
  equalJson(opened.members, members);
  const bytes = await bytesOf(opened.content, piece);
  if (bytes === undefined) return expect(isBase64(String(contentBytes))).toBe(false);
  expect(bytes.equals(Buffer.from(contentBytes as string, "base64"))).toBe(true);
}

/** A body as a client sends it: one `contentBytes` among members of any kind. */
const attachment = fc
  .tuple(base64, fc.array(fc.tuple(text, tree), { maxLength: 4 }), text)
  .chain(([contentBytes, others, name]) =>
    shuffled([
      ...others.filter(([key]) => key !== "contentBytes"),
      ["@odata.type", "#microsoft.graph.fileAttachment"],
      ["name", name],
      ["contentBytes", contentBytes],
    ]),
  );
const piece = fc.integer({ min: 1, max: 50 });

describe("the body of one attachment", () => {
  test("is opened byte for byte in every valid spelling of JSON", () =>
    checkAsync(fc.tuple(spelled(attachment), piece), 2_500, async ([body, size]) => {
      const opened = openBody(body)!;
      const { contentBytes, ...members } = JSON.parse(body) as Record<string, unknown>;
      equalJson(opened.members, members);
      expect((await bytesOf(opened.content, size))!.equals(Buffer.from(contentBytes as string, "base64"))).toBe(true);
    }));

  test("is never misread, whatever JSON it is", () =>
    checkAsync(fc.tuple(spelled(tree), piece), 3_000, ([body, size]) => holdBody(body, size)));

  test("is never misread if it is damaged, because a body that is not JSON must pass unchanged", () =>
    checkAsync(fc.tuple(damaged(spelled(attachment)), piece), 3_000, ([body, size]) => holdBody(body, size)));

  test("is not opened if contentBytes occurs twice, because only the service can say which one counts", () =>
    check(fc.tuple(attachment, base64, fc.nat()), 1_000, ([{ members }, other, seed]) => {
      const doubled = { members: [...members, ["contentBytes", other] as const] };
      expect(openBody(spell(doubled, dice(seed)))).toBeUndefined();
    }));

  test("is opened in linear time, even if the base64 is full of escapes or the body is full of decoys", () => {
    const long = Buffer.alloc(1_500_000, 7).toString("base64");
    const escaped = [...long].map((one) => `\\u00${one.charCodeAt(0).toString(16)}`).join("");
    const decoys = `{"contentBytes":1},`.repeat(100_000);
    const slashes = "\\\\".repeat(500_000);
    const spaces = " ".repeat(1_000_000);
    const bodies = [
      `{"contentBytes":"${long}"}`,
      `{"contentBytes":"${escaped}"}`,
      `{"a":[${decoys}1],"contentBytes":"${long}"}`,
      `{"a":"${slashes}","contentBytes":"${long}"}`,
      `{"a":"${'\\"'.repeat(500_000)}","contentBytes":"${long}"}`,
      `{"contentBytes"${spaces}:${spaces}"${long}"${spaces}}`,
    ];
    for (const body of bodies) {
      const from = performance.now();
      expect(openBody(body)!.content.size).toBe(1_500_000);
      expect(performance.now() - from).toBeLessThan(2_000);
    }
  });
});

describe("a body without its contentBytes", () => {
  test("equals the result of JSON.parse when the texts are put back", () =>
    check(spelled(tree), 3_000, (body) => {
      const cut = cutBody(body);
      const value: unknown = JSON.parse(body);
      if (typeof value !== "object" || value === null) return expect(cut).toBeUndefined();
      equalJson(join(cut!.value, cut!.texts), value);
    }));

  test("does not exist if the text is not JSON, so that the service reports the error", () =>
    check(damaged(spelled(tree)), 3_000, (body) => {
      const cut = cutBody(body);
      const value = parsed(body);
      if (cut) equalJson(join(cut.value, cut.texts), value?.value);
    }));
});

const file = fc
  .tuple(
    fc.constantFrom<Tree>("#microsoft.graph.fileAttachment", "microsoft.graph.FileAttachment", "#x.itemAttachment", 1),
    fc.oneof({ weight: 5, arbitrary: base64 as fc.Arbitrary<Tree> }, tree),
    text,
    fc.constantFrom<Tree>(null, "text/plain", "a\r\nb"),
    fc.array(fc.tuple(text, tree), { maxLength: 2 }),
  )
  .chain(([type, contentBytes, name, contentType, others]) =>
    shuffled([
      ...others.filter(([key]) => !["@odata.type", "contentBytes", "name", "contentType"].includes(key)),
      ["@odata.type", type],
      ["contentBytes", contentBytes],
      ["name", name],
      ["contentType", contentType],
    ]),
  );
const message = fc
  .tuple(
    fc.array(fc.oneof({ weight: 8, arbitrary: file as fc.Arbitrary<Tree> }, tree), { maxLength: 4 }),
    fc.array(fc.tuple(text, tree), { maxLength: 3 }),
  )
  .chain(([attachments, others]) =>
    shuffled([...others.filter(([key]) => key !== "attachments"), ["attachments", attachments]]),
  );
const isFile = (one: unknown): one is Record<string, unknown> =>
  isObject(one) && outlook.post.inline.creates(one["@odata.type"]) && hasLength(one["contentBytes"]);

/** Text of a length that base64 can have. Other text passes as it came. */
function hasLength(value: unknown): boolean {
  if (typeof value !== "string") return false;
  const bare = value.replace(/[ \t\n\r]+/g, "");
  const [padding = ""] = /={0,2}$/.exec(bare)!;
  return (bare.length - padding.length) % 4 !== 1 && (padding === "" || bare.length % 4 === 0);
}

describe("the body of a whole message", () => {
  test.each([undefined, "message"] as const)(
    "is taken apart without a change, whatever its attachments are (member: %s)",
    (holder) => {
      const bodies = spelled(
        holder
          ? message.map(
              (inner) =>
                ({
                  members: [
                    ["message", inner],
                    ["saveToSentItems", "x"],
                  ],
                }) as Tree,
            )
          : message,
      );
      return checkAsync(fc.tuple(bodies, piece), 3_000, async ([body, size]) => {
        const letter = attempt(() => openLetter(body, holder, outlook.post.inline.creates));
        const whole = JSON.parse(body) as Record<string, unknown>;
        const held = (holder ? whole[holder] : whole) as Record<string, unknown>;
        const { attachments, ...rest } = held as { attachments: unknown[] };
        const files = attachments.filter(isFile);
        if (letter === undefined) return; // it passes unchanged
        if (letter instanceof UploadError)
          return expect(files.every((one) => isBase64(String(one["contentBytes"])))).toBe(false);
        expect(letter.body).toEqual(holder ? { ...whole, [holder]: rest } : rest);
        equalJson(
          letter.others,
          attachments.filter((one) => !isFile(one)),
        );
        expect(letter.files.map((part) => part.file)).toEqual(
          files.map(({ name, contentType }) => ({ name, contentType: contentType ?? undefined })),
        );
        for (const [index, part] of letter.files.entries()) {
          const given = String(files[index]!["contentBytes"]);
          const bytes = await bytesOf(part.content, size);
          if (bytes === undefined) expect(isBase64(given)).toBe(false);
          else expect(bytes.equals(Buffer.from(given, "base64"))).toBe(true);
        }
      });
    },
  );
});
