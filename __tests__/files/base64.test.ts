import fc from "fast-check";
import { openBase64 } from "../../src/files/base64.js";
import { UploadError } from "../../src/errors.js";
import { checkAsync } from "../fuzz/support/check";
import { base64 } from "../fuzz/support/json";
import { count } from "../support/fakes";

const NodeBuffer = Buffer;
const decoded = (text: string) => NodeBuffer.from(text, "base64");

/** The lengths of the texts that the engine was given to decode. */
const given: number[] = [];

/** `setFromBase64` as strict as it is specified: the one alphabet, ASCII white space skipped, the rest refused. */
function setFromBase64(this: Uint8Array, text: string): { read: number; written: number } {
  given.push(text.length);
  const bare = text.replace(/[\t\n\f\r ]+/g, "");
  const groups = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/;
  if (!groups.test(bare)) throw new SyntaxError("Found a character that cannot be part of a valid base64 string.");
  const bytes = decoded(bare).subarray(0, this.length);
  this.set(bytes);
  return { read: text.length, written: bytes.length };
}

const BufferSpy = {
  from(buffer: ArrayBuffer, offset: number, length: number) {
    const bytes = NodeBuffer.from(buffer, offset, length);
    return {
      write(text: string, encoding: "base64"): number {
        given.push(text.length);
        return bytes.write(text, encoding);
      },
    };
  },
};

const decoders: Record<string, () => void> = {
  "Uint8Array.setFromBase64": () => void Object.assign(Uint8Array.prototype, { setFromBase64 }),
  "Node's Buffer": () => void ((globalThis as { Buffer: unknown }).Buffer = BufferSpy),
  "no decoder": () => void ((globalThis as { Buffer: unknown }).Buffer = undefined),
};

const own = Object.getOwnPropertyDescriptor(Uint8Array.prototype, "setFromBase64");
beforeEach(() => {
  given.length = 0;
  delete (Uint8Array.prototype as { setFromBase64?: unknown }).setFromBase64;
});
afterEach(() => {
  globalThis.Buffer = NodeBuffer;
  delete (Uint8Array.prototype as { setFromBase64?: unknown }).setFromBase64;
  if (own) Object.defineProperty(Uint8Array.prototype, "setFromBase64", own);
});

/** Reads a text by ranges. Returns its bytes, or the first byte of the range that was refused: 0 if the text is not opened. */
async function read(text: string, size: number): Promise<Buffer | number> {
  const content = openBase64(text);
  if (!content) return 0;
  const ranges: Uint8Array[] = [];
  for (let at = 0; at < content.size; at += size) {
    const end = Math.min(at + size, content.size);
    const range = await content.read(at, end).catch((error: unknown) => error);
    if (!(range instanceof Uint8Array)) {
      expect(range).toMatchObject({ constructor: UploadError, code: "invalid" });
      return at;
    }
    if (range.length !== end - at) throw new Error(`${range.length} bytes for ${at} to ${end}`); // as expect is slow
    ranges.push(range);
  }
  return NodeBuffer.concat(ranges);
}

/** Bytes whose base64 has every character of it, "+" and "/" above all. */
const file = (length: number) => NodeBuffer.from(count(length, 3).map((value) => (value * 61) ^ (value << 3) ^ 0xfb));

const spellings: Record<string, (bytes: Buffer) => string> = {
  padded: (bytes) => bytes.toString("base64"),
  "without its padding": (bytes) => bytes.toString("base64").replace(/=+$/, ""),
  base64url: (bytes) => bytes.toString("base64url"),
  "base64url, padded": (bytes) => bytes.toString("base64").replaceAll("+", "-").replaceAll("/", "_"),
  "in both alphabets at once": (bytes) => bytes.toString("base64").replace("+", "-").replace("/", "_"),
  "in MIME lines": (bytes) => bytes.toString("base64").replace(/.{1,76}/g, "$&\r\n"),
  "in short lines": (bytes) => bytes.toString("base64").replace(/.{1,5}/g, "$&\n\t "),
};

/** The first byte of the first range that the group of four around a character has bytes of. */
const firstOver = (at: number, size: number) => Math.floor((Math.floor(at / 4) * 3) / size) * size;

describe.each(Object.keys(decoders))("with %s", (decoder) => {
  beforeEach(() => decoders[decoder]!());

  test.each(Object.keys(spellings))(
    "a text %s is decoded right at the borders of ranges of 1 to 7 bytes",
    async (name) => {
      const spell = spellings[name]!;
      for (let length = 0; length <= 100; length += length < 20 ? 1 : 13) {
        const bytes = file(length);
        expect(openBase64(spell(bytes))).toMatchObject({ size: length, anywhere: true });
        for (let size = 1; size <= 7; size++)
          expect(bytes.equals((await read(spell(bytes), size)) as Buffer)).toBe(true);
      }
    },
  );

  test("a text of several ranges of the default size is decoded a range at a time, whatever its padding", async () => {
    const size = 3_932_160;
    for (const more of [0, 1, 2]) {
      const bytes = file(2 * size + more);
      given.length = 0;
      const result = (await read(bytes.toString("base64"), size)) as Buffer;
      expect(result.equals(bytes)).toBe(true);
      if (decoder === "no decoder") expect(given).toEqual([]);
      else expect(given).toEqual([(size / 3) * 4, (size / 3) * 4, ...(more === 0 ? [] : [more + 1])]);
    }
  });

  test("no more of the text than one range and its borders is decoded for one read", async () => {
    const text = file(3_000).toString("base64");
    for (const size of [1, 2, 4, 5, 7, 100, 333, 1_000]) {
      given.length = 0;
      await read(text, size);
      const most = 4 * (Math.ceil(size / 3) + 1);
      expect(given.filter((length) => length > most)).toEqual([]);
      if (decoder !== "no decoder") expect(given).toHaveLength(Math.ceil(3_000 / size));
    }
  });

  test.each(["!", ".", ",", "\0", "é", "ń", "ā", "€", "\u{1f600}"[0]!, "%", "\\"])(
    "the character %p is refused at every place, by the range that it is in, and not by those before",
    async (bad) => {
      for (const length of bad === "!" ? [40, 41, 42] : [41]) {
        const text = file(length).toString("base64url");
        for (let at = 0; at < text.length; at++) {
          const spoilt = text.slice(0, at) + bad + text.slice(at + 1);
          for (const size of [1, 5, 12]) expect(await read(spoilt, size)).toBe(firstOver(at, size));
        }
      }
    },
  );

  test.each([" ", "\n", "\r\n", "\t"])("%p counts for nothing, wherever it stands", async (space) => {
    const bytes = file(3_000);
    const text = bytes.toString("base64");
    for (const at of [0, 1, 1_024, 2_000, 2_001, 2_002, 2_003, text.length - 4, text.length - 1, text.length]) {
      const spaced = text.slice(0, at) + space + text.slice(at);
      expect(bytes.equals((await read(spaced, 100)) as Buffer)).toBe(true);
    }
  });

  test("padding is refused where the text goes on after it", async () => {
    for (const text of ["QQ==QUJD", "QUI=QUJD", "QUJDQQ==QUJDQUJD", "QUJDQUI=QUJD", "QUJDQ===QUJD"])
      for (let size = 1; size <= 12; size++) expect(await read(text, size)).toEqual(expect.any(Number));
  });

  test("any text is refused, or is what Buffer makes of it", async () => {
    const damaged = fc
      .tuple(base64, fc.nat(), fc.constantFrom("=", "==", " ", "-", "/", "!", "é", "A", "\n", ""), fc.nat({ max: 2 }))
      .map(([text, place, put, cut]) => {
        const at = place % (text.length + 1);
        return text.slice(0, at) + put + text.slice(at + cut);
      });
    globalThis.Buffer = NodeBuffer;
    let [taken, refused] = [0, 0];
    await checkAsync(fc.tuple(damaged, fc.integer({ min: 1, max: 20 })), 2_000, async ([text, size]) => {
      decoders[decoder]!();
      const result = await read(text, size);
      globalThis.Buffer = NodeBuffer; // which cases are made with
      if (NodeBuffer.isBuffer(result)) {
        taken += 1;
        expect(result).toEqual(decoded(text));
      } else refused += 1;
    });
    expect(Math.min(taken, refused)).toBeGreaterThan(100);
  });
});

test.each(["A", "AAAAA", "=", "A=", "AA=", "AAA==", "AAAA=", "AAAA==", "QQ===", "A\n", "QUJD\u00a0"])(
  "%p has a length that no base64 has, so it is not opened as a file",
  (text) => {
    expect(openBase64(text)).toBeUndefined();
  },
);
