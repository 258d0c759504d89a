import { access, constants, readFile, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import {
  changeLines,
  compareReports,
  planProbe,
  probe,
  readReport,
  reportLines,
  type ProbeOptions,
  type ProbeReport,
} from "graph-large-attachments/probe";
import { credentialFor } from "./azureDevOps.js";
import { fetchOptionsFor } from "./certificates.js";
import { runCommand, type Run } from "./command.js";
import { checkConnection } from "./connection.js";
import { CommandError, EXIT, usageError } from "./failure.js";
import { accessToGraph, parseBaseUrl } from "./graph.js";
import type { OutputOptions } from "./output.js";
import type { SignInOptions } from "./signInOptions.js";
import { parseOrganization } from "./workItem.js";

export interface ProbeCommandOptions extends OutputOptions, SignInOptions {
  readonly baseUrl: string;
  readonly ca?: string;
  readonly dryRun?: boolean;
  readonly only?: readonly string[];
  readonly user?: string;
  readonly send?: boolean;
  readonly site?: string;
  readonly printShare?: string;
  readonly devopsOrg?: string;
  readonly project?: string;
  readonly output: string;
  readonly compare?: string;
}

/** `probe` */
export function probeCommand(options: ProbeCommandOptions): Promise<number> {
  return runCommand(options, async (run) => {
    const plan = planOf(options);
    if (options.dryRun) return printPlan(plan, run);
    const before = await readBefore(options.compare);
    await checkOutput(options.output);
    run.stopped = {
      message: "Stopped. What the probe made is deleted.",
      hint: `What it has seen is in ${options.output}.`,
    };
    const { output, stop } = run;
    const signedIn = { ...plan, ...(await signInFor(plan, options, run)), signal: stop.signal };
    output.info("The probe takes a few minutes. Ctrl-C stops it; it then deletes what it made.");
    const report = await probe({ ...signedIn, onRequest: (line) => output.debug(line) });
    await writeFile(options.output, `${JSON.stringify(report, undefined, 2)}\n`);
    const changes = before && compareReports(before, report);
    const lines = [...reportLines(report), ...(changes ? changeLines(changes) : []), "", `Report: ${options.output}`];
    for (const line of lines) output.line(line);
    check(report, options.output, run);
    output.document({ ok: true, output: resolve(options.output), report, ...(changes ? { changes } : {}) });
  });
}

/** The options of the probe, with credentials that are not real yet. */
function planOf(options: ProbeCommandOptions): ProbeOptions {
  const { baseUrl, user, send, site, printShare, devopsOrg, project } = options;
  const only = options.only?.flatMap((list) => list.split(/[\s,]+/).filter(Boolean)) as ProbeOptions["only"];
  const known = ["outlook", "todo", "drive", "site", "print", "teams", "azureDevOps"];
  const stray = only?.find((service) => !known.includes(service));
  if (stray !== undefined) throw usageError(`${stray} is not a service.`, `The services are ${known.join(", ")}.`);
  if (project !== undefined && devopsOrg === undefined)
    throw usageError("The organization is missing.", "Give --devops-org, or set AZURE_DEVOPS_ORGANIZATION.");
  if (only?.includes("azureDevOps") && project === undefined)
    throw usageError("The project of Azure DevOps is missing.", "Give --devops-org and --project.");
  const getAuthorization = async () => "";
  const organizationUrl = devopsOrg === undefined ? "" : parseOrganization(devopsOrg);
  const graph = only === undefined || only.some((service) => service !== "azureDevOps");
  return {
    ...{ only, user, send, site, printShare, graphUrl: parseBaseUrl(baseUrl).origin },
    getToken: graph ? async () => "" : undefined,
    azureDevOps:
      project === undefined || !(only?.includes("azureDevOps") ?? true)
        ? undefined
        : { organizationUrl, project, getAuthorization },
  };
}

async function printPlan(plan: ProbeOptions, { output }: Run): Promise<void> {
  const requests = await planProbe(plan);
  for (const line of requests) output.line(line);
  output.line(`\n${requests.length} requests, if the services answer as documented. Nothing was sent.`);
  output.document({ ok: true, requests });
}

async function readBefore(path: string | undefined): Promise<ProbeReport | undefined> {
  if (path === undefined) return undefined;
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw usageError(`${path} cannot be read (${error.code}).`, "Check the path after --compare.");
  });
  try {
    return readReport(text);
  } catch (error) {
    throw usageError(`${path}: ${(error as Error).message}`, "Give the file that a probe wrote after --compare.");
  }
}

async function checkOutput(path: string): Promise<void> {
  await access(dirname(resolve(path)), constants.W_OK).catch((error: NodeJS.ErrnoException) => {
    throw usageError(`${path} cannot be written (${error.code}).`, "Check the path after --output.");
  });
}

/** Signs in to what is probed. */
async function signInFor(plan: ProbeOptions, options: ProbeCommandOptions, run: Run): Promise<Partial<ProbeOptions>> {
  const fetchOptions = await fetchOptionsFor(options.ca);
  const getToken = plan.getToken && (await accessToGraph(options, run)).getToken;
  if (!plan.azureDevOps) return { getToken, fetchOptions };
  const { personalAccessToken, getToken: getBearer } = await credentialFor(options, run);
  await checkConnection(plan.azureDevOps.organizationUrl, fetchOptions, run.stop.signal);
  const getAuthorization = async () =>
    personalAccessToken === undefined ? `Bearer ${await getBearer?.()}` : `Basic ${btoa(`:${personalAccessToken}`)}`;
  return { getToken, fetchOptions, azureDevOps: { ...plan.azureDevOps, getAuthorization } };
}

/** The exit codes of a probe that did not go as it should. */
function check({ facts, left }: ProbeReport, path: string, { stop }: Run): void {
  if (left.length > 0)
    throw new CommandError({
      exitCode: EXIT.uncertain,
      code: "leftBehind",
      message: `The probe could not delete ${left.join("; ")}.`,
      hint: "Delete it by hand, if it is there.",
    });
  if (stop.requested) throw stop.signal.reason;
  const seen = facts.some(({ seen, service }) => seen !== undefined && service !== "any");
  if (seen) return;
  const reasons = new Set(facts.map(({ why }) => why).filter((why) => why !== "not asked for"));
  throw new CommandError({
    exitCode: EXIT.refused,
    code: "refused",
    message: `No service answered as expected: ${[...reasons].slice(0, 3).join("; ")}.`,
    hint: `Check the token and its permissions. The reasons are in ${path}.`,
  });
}
