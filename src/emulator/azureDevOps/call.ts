import type { Reply } from "../api.js";
import type { Call } from "../call.js";
import type { Variations } from "../variations.js";
import { contentTypeNotSupported } from "./replies.js";
import type { AzureDevOpsRoute } from "./routes.js";
import type { AzureDevOpsStore, Project, User } from "./store.js";

export interface Credentials {
  readonly personalAccessToken: string;
  readonly otherPersonalAccessToken: string;
  bearer: string;
}

/** The state and settings of Azure DevOps. `url` is the origin without a slash at the end. */
export interface AzureDevOpsContext {
  readonly url: string;
  readonly credentials: Credentials;
  readonly now: () => number;
  readonly store: AzureDevOpsStore;
  readonly vary: Variations;
}

/** A call with a valid credential and path. The names in `query` are in lower case. */
export interface AzureDevOpsCall extends Call {
  readonly route: AzureDevOpsRoute;
  readonly query: ReadonlyMap<string, string>;
  readonly user: User;
  /** True for Azure DevOps Server, false for Services. */
  readonly server: boolean;
  readonly project?: Project;
}

/** Reads a query, with names in lower case because their letter case differs between sources. */
export const readQuery = (url: string): Map<string, string> =>
  new Map([...new URL(url).searchParams].map(([name, value]) => [name.toLowerCase(), value]));

/** The absolute base of URLs in answers: the one of the request, or the legacy form on another name of this host. */
export function answerBase(context: AzureDevOpsContext, { route, project }: AzureDevOpsCall): string {
  const other = context.vary.azureReturnedUrl === "otherHost";
  const base = other ? context.url.replace("localhost", "127.0.0.1") : `${context.url}${route.base}`;
  return project ? `${base}/${project.id}` : base;
}

/** Answers E2 to another Content-Type. Refusing a missing one is a choice. */
export function refuseContentType({ head }: Call, valid: readonly string[]): Reply | undefined {
  const contentType = head.headers["content-type"]?.split(";")[0]?.trim().toLowerCase() ?? "";
  return valid.includes(contentType) ? undefined : contentTypeNotSupported(head.method, contentType, valid);
}
