// A Jest reporter that prints a table of engines and cases, and the totals.

const notes = [
  "Chromium and Firefox are cut off from the network by their drivers. WebKit's cannot: there navigator.onLine and its",
  "events are made up, and every request of the page fails. Memory is measured in Chromium, as the others do not tell.",
];

export default class BrowserTable {
  onRunComplete(_contexts, { testResults }) {
    const results = testResults.flatMap((file) => file.testResults).filter(({ status }) => status !== "pending");
    const broken = testResults.filter(({ testExecError }) => testExecError).length;
    const engines = [...new Set(results.map(engineOf))];
    const cases = [...new Set(results.map(caseOf))];
    const rows = cases.map((name) => [
      name,
      ...engines.map((engine) =>
        outcome(results.find((result) => engineOf(result) === engine && caseOf(result) === name)),
      ),
    ]);
    const failed = results.filter(({ status }) => status === "failed").length + broken;
    console.log(`\n${table([["case", ...engines], ...rows])}\n\n${notes.join("\n")}\n`);
    const passed = results.filter(({ status }) => status === "passed").length;
    process.once("exit", () => console.log(`${passed} passed, ${failed} failed`)); // after Jest's own output
  }
}

const engineOf = ({ ancestorTitles }) => ancestorTitles[0] ?? "Node";
const caseOf = ({ ancestorTitles, title }) => [...ancestorTitles.slice(1), title].join(" › ");

function outcome(result) {
  if (!result) return "did not run";
  return result.status === "passed"
    ? `ok ${((result.duration ?? 0) / 1000).toFixed(1)} s`
    : result.status.toUpperCase();
}

function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(" | ")} |`;
  const [head, ...rest] = rows;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rest.map(line)].join("\n");
}
