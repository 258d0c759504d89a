import fc from "fast-check";

/** A string as it arrives after UTF-8: surrogates that stand alone are replaced. */
export const toWellFormed = (text: string): string => Buffer.from(text).toString();
export const isWellFormed = (text: string): boolean => toWellFormed(text) === text;

/** Names that people give, and names that attackers do. */
export const hostileNames: readonly string[] = [
  "a.bin\r\nAuthorization: Bearer x",
  "a\r\n\r\n{}",
  "\nX-Injected: 1",
  "../../../messages/other/attachments/a.bin",
  "..\\..\\a.bin",
  "..",
  "/",
  "a/b/c",
  "a?fileName=b&uploadType=chunked#c",
  "a&fileName=b",
  "%2e%2e%2f",
  "%00",
  "a\u0000b",
  "\u0007\u001b[31m",
  "exe.\u202egnp",
  "\u2066\u200f\u061ca",
  "quotes \"double\" and 'single' and `ticks`",
  "a\\b\"c'd;e=f",
  "<script>alert(1)</script>",
  "{{7*7}}${7*7}",
  "x".repeat(1_000),
  "漢".repeat(1_000),
  "👩‍👩‍👧‍👦.png",
  "\ud800",
  "a\udc00b",
  "\ufeffa",
  " a ",
  "a.",
  "CON",
  "é".normalize("NFD"),
  "constructor",
  "__proto__",
];

/** Any name that is one: not blank. */
export const anyName: fc.Arbitrary<string> = fc
  .oneof(
    fc.string({ unit: "binary", minLength: 1, maxLength: 60 }),
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 200 }),
    fc
      .array(
        fc.constantFrom("\ud800", "\udfff", "\r", "\n", "\t", "/", "..", "?", "&", "=", "%", "#", "'", '"', "a", "+"),
        {
          minLength: 1,
          maxLength: 30,
        },
      )
      .map((parts) => parts.join("")),
  )
  .filter((name) => name.trim() !== "");
