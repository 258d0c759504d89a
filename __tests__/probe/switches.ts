import { readFileSync } from "node:fs";
import { join } from "node:path";
import { defaultVariations } from "../../src/emulator/variations";
import { root } from "../package/run";

type Value = string | number | boolean | null;

/** The emulator's switches with their sides, as their declarations name them. A number has its default and another one. */
export function switches(): { readonly name: string; readonly sides: readonly Value[] }[] {
  const text = readFileSync(join(root, "src/emulator/variations.ts"), "utf8");
  const interfaces = [...text.matchAll(/^export interface \w*Variations[^{]*\{\n([^]*?)^\}/gm)];
  const members = interfaces.flatMap(([, body]) => [...body!.matchAll(/^ {2}readonly (\w+): ([^;]+);/gm)]);
  return members.map(([, name, type]) => ({ name: name!, sides: sidesOf(name!, type!) }));
}

function sidesOf(name: string, type: string): Value[] {
  return type.split("|").flatMap((part): Value[] => {
    const word = part.trim();
    if (word === "boolean") return [true, false];
    if (word !== "number") return word === "" ? [] : [JSON.parse(word) as Value];
    const usual = defaultVariations[name as keyof typeof defaultVariations] as number | null;
    return usual === null ? [3] : [usual, usual === 0 ? 2 : usual < 2 ? usual + 0.5 : Math.round(usual / 2)];
  });
}
