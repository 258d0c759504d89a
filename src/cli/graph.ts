import { Client, type ClientOptions } from "@microsoft/microsoft-graph-client";
import { withLargeAttachments } from "../index.js";
import { fetchOptionsFor } from "./certificates.js";
import type { Run, UploadCommandOptions } from "./command.js";
import { checkConnection } from "./connection.js";
import { usageError } from "./failure.js";
import type { GetToken } from "./firstRequest.js";
import { signIn, tokenFrom } from "./signIn.js";

export interface GraphOptions extends UploadCommandOptions {
  readonly baseUrl: string;
}

/** Access to Graph for programs that send their own requests. */
export interface GraphAccess {
  readonly getToken: GetToken;
  readonly fetchOptions: Record<string, unknown>;
}

/** Signs in, checks that Graph answers, and returns a client. */
export async function connectToGraph(options: GraphOptions, run: Run): Promise<Client> {
  const { getToken, fetchOptions } = await accessToGraph(options, run);
  return graphClient(options.baseUrl, getToken, fetchOptions);
}

/** Signs in and checks that Graph answers. */
export async function accessToGraph(
  options: Pick<GraphOptions, "baseUrl" | "ca" | "tenant" | "clientId">,
  run: Run,
): Promise<GraphAccess> {
  const { origin } = parseBaseUrl(options.baseUrl);
  const { output, stop, situation } = run;
  const token = tokenFrom("GRAPH_TOKEN", output);
  const fetchOptions = await fetchOptionsFor(options.ca);
  if (token) situation.credential = "The token in GRAPH_TOKEN";
  const getToken = token
    ? async () => token
    : await signIn({ scope: `${origin}/.default`, variables: "GRAPH_TOKEN" }, options, run);
  await checkConnection(origin, fetchOptions, stop.signal);
  return { getToken, fetchOptions };
}

export function graphClient(baseUrl: string, getToken: GetToken, fetchOptions: object = {}): Client {
  const { origin, version } = parseBaseUrl(baseUrl);
  const client = Client.initWithMiddleware({
    baseUrl: `${origin}/`,
    defaultVersion: version,
    customHosts: new Set([new URL(origin).hostname]),
    authProvider: { getAccessToken: getToken },
    fetchOptions: fetchOptions as ClientOptions["fetchOptions"],
  });
  return withLargeAttachments(client);
}

export function parseBaseUrl(baseUrl: string): { origin: string; version: string } {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  const path = /^\/(v1\.0|beta)?\/?$/.exec(url?.pathname ?? "");
  if (url?.protocol !== "https:" || !path || url.username !== "")
    throw usageError(
      `${baseUrl} is not a base URL of Graph.`,
      "Give an https URL without a path, such as https://graph.microsoft.us.",
    );
  return { origin: url.origin, version: path[1] ?? "v1.0" };
}

/** Checks a path or URL of Graph. A URL must be on the host of `--base-url`, because the token is sent there. */
export function graphPath(given: string, baseUrl: string): string {
  if (!/^[a-z]+:\/\//i.test(given)) return given.startsWith("/") ? given : `/${given}`;
  const { origin } = parseBaseUrl(baseUrl);
  if (URL.canParse(given) && new URL(given).origin === origin) return given;
  const other = URL.canParse(given) ? new URL(given).origin : "its origin";
  throw usageError(`${given} is not on ${origin}.`, `Give the path alone, or --base-url ${other} too.`);
}
