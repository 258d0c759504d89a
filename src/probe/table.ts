import type { ProbeChange, ProbeFact, ProbeReport, ProbeValue } from "./api.js";

/** The report as lines for a terminal. */
export function reportLines({ facts, left, requests, bytes, stopped, versions }: ProbeReport): string[] {
  const shown = facts.filter(({ seen }) => seen !== undefined);
  const rows = [["fact", "documented", "seen here", "switch"], ...shown.map(rowOf)];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  const table = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  const contradictions = shown.filter(({ contradicts }) => contradicts);
  return [
    ...table,
    ...section(
      "Differs from the documentation:",
      contradictions.map(({ service, fact, client }) => `${service}: ${fact}.${client ? ` ${client}` : ""}`),
    ),
    ...section("Not seen:", notSeen(facts)),
    ...section(
      "Versions:",
      Object.entries(versions).map(([name, version]) => `${name} ${version}`),
    ),
    ...section("Not deleted, please delete by hand:", left),
    "",
    `${requests} requests, ${(bytes / 1e6).toFixed(1)} MB sent.${stopped ? " The probe was stopped." : ""}`,
  ];
}

const rowOf = ({ service, fact, documented, seen, contradicts, ...row }: ProbeFact): string[] => [
  service === "any" ? fact : `${service}: ${fact}`,
  show(documented),
  show(seen) + (contradicts ? " !" : ""),
  row.switch ?? "",
];

/** The facts that were not seen, by their reason. */
function notSeen(facts: readonly ProbeFact[]): string[] {
  const reasons = new Map<string, string[]>();
  for (const { seen, why = "", service, name } of facts) {
    if (seen === undefined) reasons.set(`${service}, ${why}`, [...(reasons.get(`${service}, ${why}`) ?? []), name]);
  }
  return [...reasons].map(([reason, names]) => `${reason}: ${names.join(", ")}`);
}

export const changeLines = (changes: readonly ProbeChange[]): string[] =>
  changes.length === 0
    ? ["", "Nothing has changed since the other report."]
    : section(
        "Changed since the other report:",
        changes.map(({ fact, before, now }) => `${fact}: ${show(before)}, now ${show(now)}`),
      );

const section = (head: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ["", head, ...lines.map((line) => `  ${line}`)];

function show(value: ProbeValue | undefined): string {
  if (value === undefined) return "";
  return value === null ? "none" : value === true ? "yes" : value === false ? "no" : String(value);
}
