/** Where the emulator's organisation and collection live; the names are those of the documented samples. */
export const organization = "fabrikam";
export const serverPath = "tfs/DefaultCollection";

/** Which resource a path names. */
export interface AzureDevOpsRoute {
  /** What stands before project and `_apis`, as sent: "" or "/fabrikam". */
  readonly base: string;
  /** In a Server's virtual directory. */
  readonly server: boolean;
  /** Id or name; undefined where the request is for the whole organisation. */
  readonly project?: string;
  readonly target:
    "attachments" | "attachment" | "workItem" | "locations" | "resourceAreas" | "connectionData" | "unknown";
  readonly id?: string;
  /** The area whose resource locations are asked for; undefined: all. */
  readonly area?: string;
}

/** The longest first, as a project may follow each: Server, Services, and the two legacy forms of Services. */
const bases = [serverPath, organization, "DefaultCollection", ""].map((path) => path.split("/").filter(Boolean));

/** Reads a path in any letter case (documented samples mix them); undefined without `_apis` or below no known base. */
export function readAzureDevOpsPath(pathname: string): AzureDevOpsRoute | undefined {
  const segments = decodeSegments(pathname);
  const apis = segments?.findIndex((segment) => same(segment, "_apis")) ?? -1;
  if (!segments || apis < 0) return undefined;
  const base = bases.find((names) => names.every((name, at) => at < apis && same(segments[at]!, name)))!;
  if (apis - base.length > 1) return undefined;
  return {
    base: segments
      .slice(0, base.length)
      .map((segment) => `/${segment}`)
      .join(""),
    server: base.length > 1,
    project: apis > base.length ? segments[base.length] : undefined,
    ...readResource(segments.slice(apis + 1)),
  };
}

function readResource(segments: readonly string[]): Pick<AzureDevOpsRoute, "target" | "id" | "area"> {
  const [area, resource, id] = segments.map((segment) => segment.toLowerCase());
  if (area === "resourceareas" && segments.length <= 2) return { target: "resourceAreas", id: resource };
  if (area === "connectiondata" && segments.length === 1) return { target: "connectionData" };
  if (segments.length <= 1) return { target: "locations", area };
  if (area !== "wit" || segments.length > 3) return { target: "unknown" };
  if (resource === "attachments") return id === undefined ? { target: "attachments" } : { target: "attachment", id };
  return resource === "workitems" && id !== undefined ? { target: "workItem", id } : { target: "unknown" };
}

/** The id in an attachment's URL, whatever its base and scope. */
export function attachmentIdIn(url: string): string | undefined {
  const route = URL.canParse(url) ? readAzureDevOpsPath(new URL(url).pathname) : undefined;
  return route?.target === "attachment" ? route.id : undefined;
}

const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

function decodeSegments(pathname: string): string[] | undefined {
  try {
    return pathname.split("/").filter(Boolean).map(decodeURIComponent);
  } catch {
    return undefined;
  }
}
