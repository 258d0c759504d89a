import { readFile } from "node:fs/promises";
import { sides } from "./sides.js";
import { defaultVariations, type Variations } from "./variations.js";

/** The report of a probe, as far as the emulator reads it. */
export interface ReportOfProbe {
  /** The version of the format. */
  readonly probe: number;
  readonly variations: Readonly<Record<string, unknown>>;
}

/** The variations in the report of a probe, which is given itself or by the path of its file. */
export async function readLike(like: string | ReportOfProbe | undefined): Promise<Partial<Variations>> {
  if (like === undefined) return {};
  const report = typeof like === "string" ? await readReport(like) : like;
  const name = typeof like === "string" ? like : "The report";
  const { probe, variations } = (report ?? {}) as Partial<ReportOfProbe>;
  if (probe === undefined || typeof variations !== "object" || variations === null)
    throw new TypeError(
      `${name} is not the report of a probe. Give the file that graph-large-attachments probe wrote.`,
    );
  if (probe !== 1)
    throw new TypeError(`${name} has version ${String(probe)}, and this emulator reads version 1. Update the package.`);
  for (const [key, value] of Object.entries(variations)) {
    if (!Object.hasOwn(defaultVariations, key))
      throw new TypeError(`${name} has the variation ${key}, which this emulator does not know. Update the package.`);
    if (!fits(key as keyof Variations, value))
      throw new TypeError(`${name} has ${JSON.stringify(value)} for ${key}. Probe again.`);
  }
  return variations as Partial<Variations>;
}

async function readReport(path: string): Promise<ReportOfProbe> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new TypeError(`${path} cannot be read (${error.code}). Check the path of the report.`);
  });
  try {
    return JSON.parse(text) as ReportOfProbe;
  } catch {
    throw new TypeError(`${path} is not JSON. Give the file that graph-large-attachments probe wrote.`);
  }
}

/** True for a value that the variation can have. */
function fits(key: keyof Variations, value: unknown): boolean {
  const words = sides[key] as readonly unknown[] | undefined;
  if (words) return words.includes(value);
  if (typeof defaultVariations[key] === "boolean") return typeof value === "boolean";
  if (value === null) return key === "retryAfterSeconds" || key === "azureRetryAfterOnSuccess";
  return typeof value === "number" && value >= 0;
}
