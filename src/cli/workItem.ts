import { misused } from "./failure.js";

/** A work item, as the library is told of it. */
export interface WorkItem {
  readonly organizationUrl: string;
  readonly path: string;
}

const HINT =
  "Give <project>/<id> and --organization, or the work item's URL, such as https://dev.azure.com/fabrikam/MyProject/_workitems/edit/299.";

/** Reads `<project>/<id>`, or any URL that leads to a work item; the token goes to the organization alone. */
export function workItemAt(given: string, organization: string | undefined): WorkItem {
  const named = organization === undefined ? undefined : organizationAt(organization);
  if (/^[a-z]+:\/\//i.test(given)) return atUrl(given, named);
  const [, project, id] = /^([^/]+)\/(\d+)$/.exec(given) ?? [];
  if (project === undefined || id === undefined) throw misused(`${given} names no work item.`, HINT);
  if (named === undefined)
    throw misused("The organization is missing.", "Give --organization, or set AZURE_DEVOPS_ORGANIZATION.");
  return { organizationUrl: named, path: `/${encodeURIComponent(project)}/_apis/wit/workitems/${id}` };
}

function organizationAt(given: string): string {
  if (/^[\w-]+$/.test(given)) return `https://dev.azure.com/${given}`;
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (url?.protocol !== "https:" || url.username !== "")
    throw misused(
      `The organization ${given} is none.`,
      "Give its name, or an https URL such as https://dev.azure.com/fabrikam.",
    );
  return `${url.origin}${url.pathname}`.replace(/\/+$/, "");
}

function atUrl(given: string, named: string | undefined): WorkItem {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  const [, before = "", id] =
    /^(.*)\/(?:_workitems\/edit|_apis\/wit\/workitems)\/(\d+)\/?$/i.exec(url?.pathname ?? "") ?? [];
  if (url?.protocol !== "https:" || id === undefined) throw misused(`${given} is no work item's URL.`, HINT);
  const organizationUrl = named ?? hostedAt(url, before);
  const base = `${url.origin}${before}`;
  if (organizationUrl === undefined || !`${base}/`.startsWith(`${organizationUrl}/`))
    throw misused(`${given} is not in the organization.`, "Give the URL of its organization with --organization.");
  return { organizationUrl, path: `${base.slice(organizationUrl.length)}/_apis/wit/workitems/${id}` };
}

/** The organization, where Azure DevOps Services' own hosts tell it. */
function hostedAt(url: URL, before: string): string | undefined {
  if (url.hostname === "dev.azure.com") return `${url.origin}${/^\/[^/]+/.exec(before)?.[0] ?? ""}`;
  if (!url.hostname.endsWith(".visualstudio.com")) return undefined;
  return `${url.origin}${/^\/DefaultCollection(?=\/|$)/i.exec(before)?.[0] ?? ""}`;
}
