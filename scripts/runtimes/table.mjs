// Writes the README's section on runtimes from the results of the last run.

const begin = "<!-- runtimes -->";
const end = "<!-- /runtimes -->";

/** Notes on runtimes, besides their names in the results. */
const labels = { workerd: "workerd, of Cloudflare Workers" };

/** Replaces the section in `readme` by that of `results`. */
export function withSection(readme, results) {
  const [from, to] = [readme.indexOf(begin), readme.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`README.md has no ${begin} … ${end}.`);
  return `${readme.slice(0, from + begin.length)}\n\n${section(results)}\n\n${readme.slice(to)}`;
}

const section = (results) => `## Where it runs

\`npm run test:runtimes\` installs the packed tarball, runs one smoke suite of ${results.checks.length} checks everywhere below (files by any way in,
faults, abort; what the emulator holds is compared by SHA-256), and with \`-- --write\` writes this table. KiB: what an application
with \`withLargeAttachments\` begins with, and what it loads later, minified and gzipped, without the Graph client. In a
Cloudflare Worker make a client for each request: where Workers cut one off, others with its client would wait for it.

${table(results)}`;

function table({ checks, runs, weights }) {
  const runtimes = [...new Set(runs.map(({ runtime }) => runtime))];
  const rows = runtimes.map((runtime) => {
    const all = runs.filter((run) => run.runtime === runtime);
    const weight =
      weights[runtime] === undefined ? [] : [`${kib(weights[runtime].first)} + ${kib(weights[runtime].later)} KiB`];
    return [
      labels[runtime] ?? runtime,
      unique(all.map(({ version }) => version)),
      unique([...all.map(({ how }) => how), ...weight]),
      unique(all.map(({ passed }) => `${passed} of ${checks.length}`)),
    ];
  });
  return aligned([["where", "version", "how", "checks passed"], ...rows]);
}

const kib = (bytes) => (bytes / 1024).toFixed(1);
const unique = (values) => [...new Set(values)].join(", ");

function aligned(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(" | ")} |`;
  const [head, ...rest] = rows;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rest.map(line)].join("\n");
}
