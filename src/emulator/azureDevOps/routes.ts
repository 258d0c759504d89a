import { router, type Kinds } from "../router.js";

/** The names of the emulator's organization and collection, from the documented samples. */
export const organization = "fabrikam";
export const serverPath = "tfs/DefaultCollection";

/** A path to a resource of Azure DevOps. */
export interface AzureDevOpsRoute {
  /** The path before project and `_apis`, as sent: "" or "/fabrikam". */
  readonly base: string;
  /** True for a path in a Server's virtual directory. */
  readonly server: boolean;
  /** Id or name. Undefined for a request to the whole organization. */
  readonly project?: string;
  readonly target: AzureDevOpsTarget;
  readonly kinds: Kinds;
  readonly id?: string;
  /** The type of a new work item, as in `workitems/$Task`. */
  readonly type?: string;
  /** The area of the requested resource locations. Undefined for all areas. */
  readonly area?: string;
}

type AzureDevOpsTarget =
  | "workItems"
  | "attachments"
  | "attachment"
  | "workItem"
  | "locations"
  | "resourceAreas"
  | "connectionData"
  | "unknown";

const apis = "[/{project}]/_apis";
const read = router<"azureDevOps", AzureDevOpsTarget>(
  "azureDevOps",
  [
    [`${apis}/resourceAreas[/{id}]`, "resourceAreas"],
    [`${apis}/connectionData`, "connectionData"],
    [`${apis}[/{area}]`, "locations"],
    [`${apis}/wit/attachments`, "attachments", { POST: "post" }],
    [`${apis}/wit/attachments/{id}`, "attachment", { PUT: "range", GET: "read", DELETE: "remove" }],
    [`${apis}/wit/workItems`, "workItems", { GET: "workItem" }],
    [`${apis}/wit/workItems/{id}`, "workItem", { GET: "workItem", POST: "workItem", PATCH: "link" }],
    [`${apis}[/{name}]*`, "unknown"],
  ],
  "plain",
);

/** The bases of Server, of Services, and of the two legacy forms of Services. */
const bases = new RegExp(`^/(?:${serverPath}|${organization}|DefaultCollection)(?=/)`, "i");

/** Reads a path in any letter case, as documented samples mix them. Undefined without `_apis` or below another base. */
export function readAzureDevOpsPath(pathname: string): AzureDevOpsRoute | undefined {
  const path = pathname.replace(/\/{2,}/g, "/");
  const base = bases.exec(path)?.[0] ?? "";
  const route = read(path.slice(base.length));
  if (!route) return undefined;
  const { target, kinds, keys } = route;
  const server = base.slice(1).includes("/");
  return {
    base,
    server,
    project: keys.project,
    target,
    kinds,
    id: keys.id?.toLowerCase(),
    type: keys.id?.startsWith("$") ? keys.id.slice(1) : undefined,
    area: keys.area?.toLowerCase(),
  };
}

/** The id in the URL of an attachment, with any base and scope. */
export function attachmentIdIn(url: string): string | undefined {
  const route = URL.canParse(url) ? readAzureDevOpsPath(new URL(url).pathname) : undefined;
  return route?.target === "attachment" ? route.id : undefined;
}
