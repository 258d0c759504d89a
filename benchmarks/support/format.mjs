export const MIB = 2 ** 20;

export const ms = (value) => (value >= 100 ? value.toFixed(0) : value.toFixed(1));
export const mib = (bytes) => (bytes / MIB).toFixed(0);
export const whole = (value) => value.toFixed(0);
/** Milliseconds as seconds. */
export const seconds = (value) => (value / 1000).toFixed(2);
export const share = (spread) => told(spread, (value) => value.toFixed(2));

/** A median with the middle half of its series. */
export const told = ({ median, low, high }, format) => `${format(median)} (${format(low)}…${format(high)})`;

/** Formats a Markdown table. */
export function table({ caption, columns, rows, note }) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  const lines = [line(columns), line(columns.map((_, index) => (index === 0 ? "---" : "--:"))), ...rows.map(line)];
  return [`**${caption}**`, "", ...lines, ...(note ? ["", note] : [])].join("\n");
}

/**
 * Formats a goal, the measured value, and by how much it is missed. `measured`: a value, or a median with its spread. `why`: the
 * reason, for the case that it is missed.
 */
export function goal(text, measured, { most, least, unit = "", why }) {
  const spread = typeof measured === "number" ? undefined : measured;
  const value = spread?.median ?? measured;
  const [limit, beyond, words] =
    most === undefined ? [least, least - value, "at least"] : [most, value - most, "at most"];
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  const shown = spread ? told(spread, (one) => one.toFixed(digits)) : value.toFixed(digits);
  const met = beyond <= 0;
  const by = `${percent(beyond / limit)} %`;
  return { text, limit: `${words} ${limit}${unit}`, value: `${shown}${unit}`, met, by, why };
}

const percent = (share) => (share >= 0.1 ? (100 * share).toFixed(0) : String(Number((100 * share).toPrecision(1))));

/** The goals, and below them the reasons of those that are missed. */
export function goalsTable(goals) {
  const rows = goals.map(({ text, limit, value, met, by }) => [text, limit, value, met ? "yes" : `**no**, by ${by}`]);
  const missed = goals.filter(({ met, why }) => !met && why);
  const reasons = [...new Set(missed.map(({ why }) => why))].map((reason) => {
    const all = missed.filter(({ why }) => why === reason).map(({ text }) => text);
    return `- ${all.join("; ")}: ${reason}`;
  });
  const note = reasons.length > 0 ? ["Why goals are missed:", "", ...reasons].join("\n") : undefined;
  return table({ caption: "Goals", columns: ["", "goal", "measured", "met"], rows, note });
}
