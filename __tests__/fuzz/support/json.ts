import fc from "fast-check";

/** JSON with what an object cannot hold: the order and the doubles of its members. */
export type Tree = string | number | boolean | null | Literal | readonly Tree[] | Members;
/** A number in a spelling of its own. */
interface Literal {
  readonly literal: string;
}
export interface Members {
  readonly members: readonly (readonly [key: string, value: Tree])[];
}

/** Characters that a scanner of JSON may stumble over. */
const trap = fc.constantFrom(
  ...['"', "\\", "/", "{", "}", "[", "]", ":", ",", " ", "\n", "\r", "\t", "\u0000", "\u001f", "\u007f", "\u2028"],
  ...["\ud800", "\udc00", "😀", "é", "\u202e", "\ufeff", "\u00a0", "contentBytes", '"contentBytes":"QUJD"', '\\"', "="],
);

export const text: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: "binary", maxLength: 12 }),
  fc.array(trap, { maxLength: 10 }).map((parts) => parts.join("")),
  fc.constantFrom("contentBytes", "__proto__", "toString", "constructor", "0", "1", ""),
);

const bytes = fc.uint8Array({ maxLength: 60 }).map((all) => Buffer.from(all));
const lines = (base64: string, every: number, end: string) =>
  base64.replace(new RegExp(`.{1,${every}}`, "g"), (line) => line + end);

/** Base64 in each way that services and libraries write it. */
export const base64: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: bytes.map((all) => all.toString("base64")) },
  bytes.map((all) => all.toString("base64url")),
  bytes.map((all) => all.toString("base64").replace(/=+$/, "")),
  fc
    .tuple(bytes, fc.integer({ min: 1, max: 20 }), fc.constantFrom("\n", "\r\n", " ", "\t", " \n"))
    .map(([all, every, end]) => lines(all.toString("base64"), every, end)),
);

/** Texts that are not base64, some of them nearly. */
const notBase64 = fc.oneof(
  text,
  fc.tuple(base64, text, base64).map((parts) => parts.join("")),
);

const key = fc.oneof(
  { weight: 3, arbitrary: fc.constant("contentBytes") },
  fc.constantFrom("contentbytes", "ContentBytes", "contentBytes ", "@odata.type", "name", "__proto__", "toString"),
  text,
);

const leaf: fc.Arbitrary<Tree> = fc.oneof(
  text,
  base64,
  notBase64,
  fc.boolean(),
  fc.constant(null),
  fc.integer(),
  fc.constantFrom("0", "-0", "1e400", "-1.5E+3", "12345678901234567890", "0.1e-7").map((literal) => ({ literal })),
);

/** Any JSON, with `contentBytes` in likely and unlikely places. */
export const tree: fc.Arbitrary<Tree> = fc.letrec<{ tree: Tree; object: Members }>((tie) => ({
  tree: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    leaf,
    fc.array(tie("tree"), { maxLength: 4 }),
    tie("object"),
  ),
  object: fc.array(fc.tuple(key, tie("tree")), { maxLength: 5 }).map((members) => ({ members }) satisfies Members),
})).tree;

/** Members in any order. */
export function shuffled(members: readonly (readonly [string, Tree])[]): fc.Arbitrary<Members> {
  return fc.shuffledSubarray([...members], { minLength: members.length }).map((all) => ({ members: all }));
}

/** Picks among the spellings; the same for the same seed. */
export type Dice = (sides: number) => number;
export function dice(seed: number): Dice {
  let state = seed >>> 0;
  return (sides) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % sides;
  };
}

const SHORT: Record<string, string> = {
  '"': '\\"',
  "\\": "\\\\",
  "/": "\\/",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};

/** A string as JSON may spell it: bare, with short escapes, with escapes by number in either letter case. */
export function spellString(value: string, roll: Dice, escapes: number): string {
  let spelled = '"';
  for (let at = 0; at < value.length; at++) {
    const unit = value[at]!;
    const mustEscape = unit === '"' || unit === "\\" || unit < " ";
    if (!mustEscape && roll(100) >= escapes) spelled += unit;
    else if (SHORT[unit] && roll(2) === 0) spelled += SHORT[unit];
    else {
      const hex = unit.charCodeAt(0).toString(16).padStart(4, "0");
      spelled += `\\u${roll(2) === 0 ? hex : hex.toUpperCase()}`;
    }
  }
  return `${spelled}"`;
}

/** Some valid spelling of JSON: white space, escapes and the order of members differ with the dice. */
export function spell(value: Tree, roll: Dice): string {
  const escapes = [0, 0, 10, 100][roll(4)]!;
  const loose = roll(2) === 0;
  const gap = () => (loose ? ["", " ", "\n", "\t", "\r\n  "][roll(5)]! : "");
  const write = (node: Tree): string => {
    if (typeof node === "string") return spellString(node, roll, escapes);
    if (typeof node !== "object" || node === null) return JSON.stringify(node);
    if ("literal" in node) return node.literal;
    const list = (each: string[], open: string, close: string) =>
      open + gap() + each.map((one) => one + gap()).join(`,${gap()}`) + close;
    if (!("members" in node)) return list((node as readonly Tree[]).map(write), "[", "]");
    const members = node.members.map(
      ([name, member]) => `${spellString(name, roll, escapes)}${gap()}:${gap()}${write(member)}`,
    );
    return list(members, "{", "}");
  };
  return gap() + write(value) + gap();
}

/** A valid text of JSON for what the trees stand for. */
export function spelled(trees: fc.Arbitrary<Tree>): fc.Arbitrary<string> {
  return fc.tuple(trees, fc.nat()).map(([value, seed]) => spell(value, dice(seed)));
}

/** A text with one place changed, so that it may be no JSON any more. */
export function damaged(texts: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .tuple(texts, fc.nat(), fc.nat({ max: 3 }), fc.oneof(trap, fc.constant("")))
    .map(([whole, place, cut, put]) => {
      const at = place % (whole.length + 1);
      return whole.slice(0, at) + put + whole.slice(at + cut);
    });
}

/** True if a service takes it for base64: with white space, in either alphabet, padded or not. */
export function isBase64(value: string): boolean {
  const bare = value.replace(/[ \t\n\r]+/g, ""); // what .NET skips
  return /^[A-Za-z0-9+/_-]*={0,2}$/.test(bare) && (bare.includes("=") ? bare.length % 4 === 0 : bare.length % 4 !== 1);
}

export function parsed(json: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(json) as unknown };
  } catch {
    return undefined;
  }
}
