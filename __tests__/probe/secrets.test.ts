import { runProbe } from "../../src/probe/run";
import { reportLines } from "../../src/probe/table";
import { means, optionsFor, short, start } from "./support";

/** Planted wherever a service could put something of a tenant: into headers, codes, texts, ids and names. */
const planted = "Planted9Secret";

const plant = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(plant);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      key,
      ["code", "message", "driveType", "deploymentType", "releasedVersion"].includes(key) ? planted : plant(each),
    ]),
  );
};

test("neither the report nor a line of the log holds a token, an address, a name, an id or a URL", async () => {
  const token = "a-token-of-Graph-0123456789";
  const personalAccessToken = "pat".padEnd(52, "7");
  const emulator = await start({ token, azureDevOps: { personalAccessToken } });
  const lines: string[] = [];
  const options = optionsFor(emulator, { onRequest: (line) => void lines.push(line) });
  const report = await runProbe(options, means);
  const secrets = [
    ...[token, personalAccessToken, btoa(`:${personalAccessToken}`), options.printShare!, options.site!],
    ...[
      options.azureDevOps!.project,
      "megan",
      "Megan",
      "contoso",
      "tempauth",
      "authtoken",
      "AAMk",
      "https://",
      "workitems/299",
      "jobs/10",
    ],
    ...[emulator.drive.id, emulator.drive.root.id, ...emulator.sessions.map(({ id }) => id)],
  ];
  const shown = JSON.stringify(report) + reportLines(report).join("\n") + lines.join("\n");
  expect(lines.length).toBe(report.requests);
  expect(secrets.filter((secret) => shown.includes(secret))).toEqual([]);
});

test("what a service says in its own words does not reach the report", async () => {
  const emulator = await start();
  const answer = (reply: { status: number; headers: object; body: Buffer }) => {
    const text = reply.body.toString();
    const json = text.startsWith("{") ? JSON.stringify(plant(JSON.parse(text))) : text;
    const headers = { ...reply.headers, MicrosoftSharePointTeamServices: planted, "X-OWA-Version": "15.20.8.4" };
    return { status: reply.status, headers, body: Buffer.from(json) } as never;
  };
  emulator.fault({ times: 1000, reply: answer as never });
  const report = await runProbe(optionsFor(emulator), short);
  expect(report.facts.filter(({ seen }) => seen !== undefined).length).toBeGreaterThan(40);
  expect(JSON.stringify(report)).not.toContain(planted);
  expect(Object.values(report.versions)).toContain("15.20.8.4");
});
