export { compareReports, readReport } from "./compare.js";
export { planProbe, probe } from "./probe.js";
export { changeLines, reportLines } from "./table.js";
export { unsettled } from "./unsettled.js";
export type { ProbeChange, ProbeFact, ProbeOptions, ProbeReport, ProbeService, ProbeValue } from "./api.js";
