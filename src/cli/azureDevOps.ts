import type { Client } from "@microsoft/microsoft-graph-client";
import { createAzureDevOpsClient, type AzureDevOpsClientOptions } from "../index.js";
import { attachFiles, checkFiles, type AttachRequest, type ResumableOptions } from "./attachFiles.js";
import { fetchOptionsFor } from "./certificates.js";
import { runCommand, type Run } from "./command.js";
import { checkConnection } from "./connection.js";
import { openFiles } from "./files.js";
import { signIn, tokenFrom } from "./signIn.js";
import { parseWorkItem } from "./workItem.js";

export interface AzureDevOpsCommandOptions extends ResumableOptions {
  readonly organization?: string;
  readonly comment?: string;
  readonly areaPath?: string;
}

/** The application id of Azure DevOps in Entra ID. */
const SCOPE = "499b84ac-1321-427f-aa17-267ca6975798/.default";

/** `azure-devops <work-item> <file…>` */
export function azureDevOps(
  workItem: string,
  paths: readonly string[],
  options: AzureDevOpsCommandOptions,
): Promise<number> {
  return runCommand(options, async (run) => {
    const files = await openFiles(paths, options);
    const { organizationUrl, path } = parseWorkItem(workItem, options.organization);
    const { comment, areaPath } = options;
    const target = `${organizationUrl}${path}`;
    const tooLargeHint = () => "Split the file, or store it elsewhere and link to it from the work item.";
    const request: AttachRequest = { path, target, files, options: { comment, areaPath }, tooLargeHint };
    run.situation.check = "Check the work item before you attach the file again.";
    await checkFiles(request, (getToken) => createAzureDevOpsClient({ organizationUrl, getToken }), run);
    await attachFiles(await connect(organizationUrl, options, run), request, run, options);
  });
}

async function connect(organizationUrl: string, options: AzureDevOpsCommandOptions, run: Run): Promise<Client> {
  const fetchOptions = await fetchOptionsFor(options.ca);
  const credential = await credentialFor(options, run);
  await checkConnection(organizationUrl, fetchOptions, run.stop.signal);
  return createAzureDevOpsClient({
    organizationUrl,
    fetchOptions: fetchOptions as AzureDevOpsClientOptions["fetchOptions"],
    ...credential,
  });
}

/** Signs in to Azure DevOps, unless the environment has a token. */
export async function credentialFor(
  options: Pick<AzureDevOpsCommandOptions, "tenant" | "clientId">,
  run: Run,
): Promise<Pick<AzureDevOpsClientOptions, "getToken" | "personalAccessToken">> {
  const { output, situation } = run;
  const token = tokenFrom("AZURE_DEVOPS_TOKEN", output);
  if (token) {
    situation.credential = "The token in AZURE_DEVOPS_TOKEN";
    return { getToken: () => token };
  }
  const personalAccessToken = tokenFrom("AZURE_DEVOPS_PAT", output);
  if (personalAccessToken) {
    output.hide(btoa(`:${personalAccessToken}`));
    situation.credential = "The token in AZURE_DEVOPS_PAT";
    return { personalAccessToken };
  }
  return {
    getToken: await signIn({ scope: SCOPE, variables: "AZURE_DEVOPS_TOKEN or AZURE_DEVOPS_PAT" }, options, run),
  };
}
