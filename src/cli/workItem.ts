import { usageError } from "./failure.js";

/** A work item as the library needs it. */
export interface WorkItem {
  readonly organizationUrl: string;
  readonly path: string;
}

const HINT =
  "Give <project>/<id> and --organization, or a URL such as https://dev.azure.com/fabrikam/MyProject/_workitems/edit/299.";

/** Reads `<project>/<id>` or any URL of a work item. The token is sent only to the organization. */
export function parseWorkItem(given: string, organization: string | undefined): WorkItem {
  const organizationUrl = organization === undefined ? undefined : parseOrganization(organization);
  if (/^[a-z]+:\/\//i.test(given)) return parseUrl(given, organizationUrl);
  const [, project, id] = /^([^/]+)\/(\d+)$/.exec(given) ?? [];
  if (project === undefined || id === undefined) throw usageError(`${given} is not a work item.`, HINT);
  if (organizationUrl === undefined)
    throw usageError("The organization is missing.", "Give --organization, or set AZURE_DEVOPS_ORGANIZATION.");
  return { organizationUrl, path: `/${encodeURIComponent(project)}/_apis/wit/workitems/${id}` };
}

export function parseOrganization(given: string): string {
  if (/^[\w-]+$/.test(given)) return `https://dev.azure.com/${given}`;
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (url?.protocol !== "https:" || url.username !== "")
    throw usageError(
      `${given} is not an organization.`,
      "Give its name, or an https URL such as https://dev.azure.com/fabrikam.",
    );
  return `${url.origin}${url.pathname}`.replace(/\/+$/, "");
}

function parseUrl(given: string, organization: string | undefined): WorkItem {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  const [, before = "", id] =
    /^(.*)\/(?:_workitems\/edit|_apis\/wit\/workitems)\/(\d+)\/?$/i.exec(url?.pathname ?? "") ?? [];
  if (url?.protocol !== "https:" || id === undefined) throw usageError(`${given} is not the URL of a work item.`, HINT);
  const organizationUrl = organization ?? organizationOf(url, before);
  const base = `${url.origin}${before}`;
  if (organizationUrl === undefined || !`${base}/`.startsWith(`${organizationUrl}/`))
    throw usageError(`${given} is not in the organization.`, "Give the URL of its organization with --organization.");
  return { organizationUrl, path: `${base.slice(organizationUrl.length)}/_apis/wit/workitems/${id}` };
}

/** The organization in a URL of Azure DevOps Services. A server of your own does not show it. */
function organizationOf(url: URL, before: string): string | undefined {
  if (url.hostname === "dev.azure.com") return `${url.origin}${/^\/[^/]+/.exec(before)?.[0] ?? ""}`;
  if (!url.hostname.endsWith(".visualstudio.com")) return undefined;
  return `${url.origin}${/^\/DefaultCollection(?=\/|$)/i.exec(before)?.[0] ?? ""}`;
}
