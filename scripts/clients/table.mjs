// The table of clients in docs/protocols.md.

const begin = "<!-- clients -->";
const end = "<!-- /clients -->";

/** `page` with the table of `results` in the place of the one that it has. */
export function withTable(page, results) {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/protocols.md has no ${begin} … ${end}.`);
  return `${page.slice(0, from + begin.length)}\n\n${table(results)}\n\n${page.slice(to)}`;
}

/** The same for a terminal. */
export const saysOf = (results) =>
  results
    .map(({ name, version, jobs, failed, notRun }) => {
      const outcome = notRun ? `not run: ${notRun}` : failed > 0 ? "FAILED" : `did ${jobs.length} jobs`;
      return `${name.padEnd(28)} ${version.padEnd(18)} ${outcome}`;
    })
    .join("\n");

function table(results) {
  const rows = results.map(({ name, version, jobs, cannot }) => [
    name,
    version,
    jobs.join("; "),
    cannot.length > 0 ? cannot.join(" ") : "nothing that was tried",
  ]);
  const all = [["client", "version", "what ran", "what it could not do, and why"], ...rows];
  const widths = all[0].map((_, column) => Math.max(...all.map((row) => row[column].length)));
  const line = (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(" | ")} |`;
  const [head, ...rest] = all;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rest.map(line)].join("\n");
}
