import { createAzureDevOpsClient, type AzureDevOpsClientOptions } from "../index.js";
import { attachFiles, type ResumableOptions } from "./attachFiles.js";
import { runCommand, type Run } from "./command.js";
import { openFiles } from "./files.js";
import { reach } from "./reach.js";
import { signInByCode, tokenIn } from "./signIn.js";
import { trusting } from "./trust.js";
import { workItemAt } from "./workItem.js";

export interface AzureDevOpsCommandOptions extends ResumableOptions {
  readonly organization?: string;
  readonly comment?: string;
  readonly areaPath?: string;
}

/** Azure DevOps' own id at Entra ID. */
const SCOPE = "499b84ac-1321-427f-aa17-267ca6975798/.default";

/** `azure-devops <work-item> <file…>` */
export function azureDevOps(
  given: string,
  paths: readonly string[],
  options: AzureDevOpsCommandOptions,
): Promise<number> {
  return runCommand(options, async (run) => {
    const files = await openFiles(paths, options);
    const { organizationUrl, path } = workItemAt(given, options.organization);
    const fetchOptions = await trusting(options.ca);
    const signIn = await credentialOf(options, run);
    await reach(organizationUrl, fetchOptions, run.stop.signal);
    const client = createAzureDevOpsClient({
      organizationUrl,
      fetchOptions: fetchOptions as AzureDevOpsClientOptions["fetchOptions"],
      ...signIn,
    });
    const { comment, areaPath } = options;
    const target = `${organizationUrl}${path}`;
    await attachFiles({ client, path, target, files, more: { comment, areaPath } }, run, options);
  });
}

async function credentialOf(
  options: AzureDevOpsCommandOptions,
  { output, stop, situation }: Run,
): Promise<Pick<AzureDevOpsClientOptions, "getToken" | "personalAccessToken" | "credential">> {
  const token = tokenIn("AZURE_DEVOPS_TOKEN", output);
  const personalAccessToken = tokenIn("AZURE_DEVOPS_PAT", output);
  if (personalAccessToken) output.withhold(btoa(`:${personalAccessToken}`));
  situation.credential = token
    ? "the token in AZURE_DEVOPS_TOKEN"
    : personalAccessToken
      ? "the token in AZURE_DEVOPS_PAT"
      : "the sign-in";
  if (token) return { getToken: () => token };
  if (personalAccessToken) return { personalAccessToken };
  const variables = "AZURE_DEVOPS_TOKEN or AZURE_DEVOPS_PAT";
  return { credential: await signInByCode(SCOPE, options, variables, output, stop.signal) };
}
