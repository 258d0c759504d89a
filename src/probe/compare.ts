import type { ProbeChange, ProbeReport } from "./api.js";

/** The facts that both reports show, and show differently. A fact that one of them does not show is not a change. */
export function compareReports(before: ProbeReport, now: ProbeReport): ProbeChange[] {
  return now.facts.flatMap(({ name, service, fact, seen }) => {
    const old = before.facts.find((one) => one.name === name && one.service === service);
    if (old?.seen === undefined || seen === undefined || old.seen === seen) return [];
    return [{ name, fact, before: old.seen, now: seen }];
  });
}

/** Reads a stored report. Throws an error that says what is wrong with it. */
export function readReport(text: string): ProbeReport {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error("The report is not JSON. Give the file that a probe wrote.");
  }
  const { probe, facts, variations } = (value ?? {}) as Partial<ProbeReport>;
  if (probe === undefined || !Array.isArray(facts) || typeof variations !== "object" || variations === null)
    throw new Error("The file is not the report of a probe.");
  if (probe !== 1)
    throw new Error(`The report has version ${String(probe)}, and this package reads version 1. Update it.`);
  return value as ProbeReport;
}
