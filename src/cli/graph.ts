import { Client, type ClientOptions } from "@microsoft/microsoft-graph-client";
import { withLargeAttachments } from "../index.js";
import type { Run, UploadCommandOptions } from "./command.js";
import { misused } from "./failure.js";
import { reach } from "./reach.js";
import { signInByCode, tokenIn } from "./signIn.js";
import { trusting } from "./trust.js";

export interface GraphOptions extends UploadCommandOptions {
  readonly baseUrl: string;
}

/** Graph, signed in to and within reach. */
export interface GraphConnection {
  readonly client: Client;
  readonly origin: string;
}

export async function connectToGraph(
  options: GraphOptions,
  { output, stop, situation }: Run,
): Promise<GraphConnection> {
  const { origin, version } = graphAt(options.baseUrl);
  const token = tokenIn("GRAPH_TOKEN", output);
  situation.credential = token ? "the token in GRAPH_TOKEN" : "the sign-in";
  const fetchOptions = await trusting(options.ca);
  const scope = `${origin}/.default`;
  const credential = token
    ? { getToken: async () => ({ token }) }
    : await signInByCode(scope, options, "GRAPH_TOKEN", output, stop.signal);
  await reach(origin, fetchOptions, stop.signal);
  const client = Client.initWithMiddleware({
    baseUrl: `${origin}/`,
    defaultVersion: version,
    customHosts: new Set([new URL(origin).hostname]),
    authProvider: { getAccessToken: async () => (await credential.getToken(scope))!.token },
    fetchOptions: fetchOptions as ClientOptions["fetchOptions"],
  });
  return { client: withLargeAttachments(client), origin };
}

function graphAt(baseUrl: string): { origin: string; version: string } {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  const path = /^\/(v1\.0|beta)?\/?$/.exec(url?.pathname ?? "");
  if (url?.protocol !== "https:" || !path || url.username !== "")
    throw misused(
      `The base URL ${baseUrl} is none of Graph's.`,
      "Give an https URL without a path, such as https://graph.microsoft.us.",
    );
  return { origin: url.origin, version: path[1] ?? "v1.0" };
}

/** What the client is asked for: a path, or a URL of the same Graph, for the token goes nowhere else. */
export function graphPath(given: string, baseUrl: string): string {
  if (!/^[a-z]+:\/\//i.test(given)) return given.startsWith("/") ? given : `/${given}`;
  const { origin } = graphAt(baseUrl);
  if (URL.canParse(given) && new URL(given).origin === origin) return given;
  const there = URL.canParse(given) ? new URL(given).origin : "its origin";
  throw misused(`${given} is not at ${origin}.`, `Give the path alone, or --base-url ${there} too.`);
}
