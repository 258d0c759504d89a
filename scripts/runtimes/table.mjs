// The table of docs/runtimes.md, from the results of the last run.

const begin = "<!-- runtimes -->";
const end = "<!-- /runtimes -->";

/** Notes on runtimes, besides their names in the results. */
const labels = {
  workerd: "workerd, of Cloudflare Workers",
  "React Native": "React Native's globals",
  SharePoint: "`MSGraphClientV3` of `@microsoft/sp-http-msgraph`",
  TeamsFx: "`OnBehalfOfUserCredential` of `@microsoft/teamsfx`",
  "two copies": "two copies of this package",
};

/** `page` with the section of `results` in the place of the one that it has. */
export function withSection(page, results) {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/runtimes.md has no ${begin} … ${end}.`);
  return `${page.slice(0, from + begin.length)}\n\n${section(results)}\n\n${page.slice(to)}`;
}

const section = (results) => `## What was run

\`npm run test:runtimes\` installs the packed tarball and runs one suite of ${results.checks.length} checks in every environment below: files from
every kind of source, faults, aborts. What the emulator holds is compared by SHA-256. The two sizes of a bundler are what an
application with \`withLargeAttachments\` loads at startup and with its first attachment, minified and gzipped, without the Graph client.

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
