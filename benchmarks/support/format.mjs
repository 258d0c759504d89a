export const MIB = 2 ** 20;

export const ms = (value) => (value >= 100 ? value.toFixed(0) : value.toFixed(1));
export const mib = (bytes) => (bytes / MIB).toFixed(0);
export const share = (spread) => told(spread, (value) => value.toFixed(2));

/** A median with the middle half of its series. */
export const told = ({ median, low, high }, format) => `${format(median)} (${format(low)}…${format(high)})`;

/** Formats a Markdown table. */
export function table({ caption, columns, rows, note }) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  const lines = [line(columns), line(columns.map((_, index) => (index === 0 ? "---" : "--:"))), ...rows.map(line)];
  return [`**${caption}**`, "", ...lines, ...(note ? ["", note] : [])].join("\n");
}

/** Formats a goal, the measured value, and the verdict. `measured`: a value, or a median with its spread. */
export function goal(text, measured, { most, least, unit = "" }) {
  const spread = typeof measured === "number" ? undefined : measured;
  const value = spread?.median ?? measured;
  const met = most === undefined ? value >= least : value <= most;
  const limit = most === undefined ? `at least ${least}` : `at most ${most}`;
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  const shown = spread ? told(spread, (one) => one.toFixed(digits)) : value.toFixed(digits);
  return { text, limit: `${limit}${unit}`, value: `${shown}${unit}`, met };
}

export function goalsTable(goals) {
  const rows = goals.map(({ text, limit, value, met }) => [text, limit, value, met ? "yes" : "**no**"]);
  return table({ caption: "Goals", columns: ["", "goal", "measured", "met"], rows });
}
