import { Client, HTTPMessageHandler, RetryHandler } from "@microsoft/microsoft-graph-client";
import type { ClientOptions, Context, Middleware } from "@microsoft/microsoft-graph-client";
import { withAttach } from "./withLargeAttachments.js";
import { AzureDevOpsAttachmentHandler } from "./AzureDevOpsAttachmentHandler.js";
import { headerEntries } from "../http/headers.js";
import { UploadError } from "../errors.js";
import type { UploadOptions } from "../options.js";
import { explain } from "../protocols/azureDevOps.js";

/** What `@azure/identity` calls a `TokenCredential`, as far as it is needed. */
export interface TokenSource {
  getToken(scopes: string | string[]): Promise<{ readonly token: string; readonly expiresOnTimestamp: number } | null>;
}

/** Where Azure DevOps is, and how to sign in: one of `personalAccessToken`, `credential` and `getToken`. */
export interface AzureDevOpsClientOptions extends UploadOptions {
  /** `https://dev.azure.com/{organization}`, `https://{organization}.visualstudio.com`, or a Server's URL with its collection. */
  readonly organizationUrl: string;
  /** Needs the scope “Work items (read & write)”. */
  readonly personalAccessToken?: string;
  /** A credential of `@azure/identity`; asked again when its token runs out. */
  readonly credential?: TokenSource;
  /** Answers a bearer token; called for every request. */
  readonly getToken?: () => string | Promise<string>;
  /** For requests that name none. @default "7.1" */
  readonly apiVersion?: string;
  /** Handed to `fetch`, as by the Graph client. */
  readonly fetchOptions?: ClientOptions["fetchOptions"];
}

/** Azure DevOps' own id at Entra ID (docs: Azure DevOps, authenticate with Microsoft Entra). */
const SCOPE = "499b84ac-1321-427f-aa17-267ca6975798/.default";
/** A token is not used in the last two minutes of its life. Milliseconds. */
const MARGIN = 120_000;

/**
 * A Graph client that talks to Azure DevOps: `client.api("/MyProject/_apis/wit/workitems/299").attach(file, { name })`
 * uploads and links, in chunks where the file is large. The credential goes to the origin of `organizationUrl` only, and
 * what Azure DevOps refuses reaches the caller as a `GraphError` with its status, its type key and its own words.
 */
export function createAzureDevOpsClient(options: AzureDevOpsClientOptions): Client {
  const {
    organizationUrl,
    personalAccessToken,
    credential,
    getToken,
    apiVersion = "7.1",
    fetchOptions,
    ...upload
  } = options;
  if (!/^https?:/.test(organizationUrl ?? "") || !URL.canParse(organizationUrl)) {
    throw new UploadError("invalid", "organizationUrl must be a URL such as https://dev.azure.com/fabrikam.");
  }
  if ([personalAccessToken, credential, getToken].filter((way) => way).length !== 1) {
    throw new UploadError("invalid", "Give one of personalAccessToken, credential and getToken to sign in with.");
  }
  const authorize = authorization({ personalAccessToken, credential, getToken });
  const middleware: Middleware[] = [
    new AzureDevOpsAttachmentHandler(upload),
    new AzureDevOpsAccess(new URL(organizationUrl).origin, apiVersion, authorize),
    new RetryHandler(),
    new HTTPMessageHandler(),
  ];
  return withAttach(
    Client.initWithMiddleware({ baseUrl: organizationUrl, defaultVersion: "", middleware, fetchOptions }),
  );
}

/** Answers the Authorization header; `fresh`: what was used before was refused. */
type Authorize = (fresh: boolean) => Promise<string>;

function authorization({ personalAccessToken, credential, getToken }: Partial<AzureDevOpsClientOptions>): Authorize {
  if (personalAccessToken) return async () => `Basic ${btoa(`:${personalAccessToken}`)}`;
  if (getToken) return async () => `Bearer ${await getToken()}`;
  let held: { readonly token: string; readonly expiresOnTimestamp: number } | null = null;
  return async (fresh) => {
    if (fresh || !held || held.expiresOnTimestamp - MARGIN < Date.now()) held = await credential!.getToken(SCOPE);
    if (!held) throw new UploadError("invalid", "The credential gave no token for Azure DevOps.");
    return `Bearer ${held.token}`;
  };
}

/** Signs requests to one origin, gives them an api-version, and has sign-in pages and errors told in Graph's terms. */
class AzureDevOpsAccess implements Middleware {
  #next!: Middleware;

  constructor(
    private readonly origin: string,
    private readonly apiVersion: string,
    private readonly authorize: Authorize,
  ) {}

  setNext(next: Middleware): void {
    this.#next = next;
  }

  async execute(context: Context): Promise<void> {
    const headers = withoutAuthorization(context.options?.headers);
    context.options = { ...context.options, headers } as Context["options"];
    if (typeof context.request !== "string" || originOf(context.request) !== this.origin)
      return this.#next.execute(context);
    context.request = this.#versioned(context.request, headers);
    Object.assign(context.options!, { redirect: "manual" });
    const used = await this.#send(context, headers, false);
    const wasRefused = told(context.response!) && (await inGraphsTerms(context.response!.clone())).status === 401;
    if (wasRefused && (await this.authorize(true)) !== used) await this.#send(context, headers, true);
    if (told(context.response!)) context.response = await inGraphsTerms(context.response!);
  }

  async #send(context: Context, headers: Record<string, string>, fresh: boolean): Promise<string> {
    const Authorization = await this.authorize(fresh);
    context.options!.headers = { ...headers, Authorization };
    await this.#next.execute(context);
    return Authorization;
  }

  #versioned(url: string, headers: Record<string, string>): string {
    const accept = Object.entries(headers).find(([name]) => name.toLowerCase() === "accept")?.[1] ?? "";
    if (!url.includes("/_apis/") || /[?&]api-version=/i.test(url) || /api-version=/i.test(accept)) return url;
    return `${url}${url.includes("?") ? "&" : "?"}api-version=${encodeURIComponent(this.apiVersion)}`;
  }
}

function originOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).origin : undefined;
}

function withoutAuthorization(headers: unknown): Record<string, string> {
  return Object.fromEntries(headerEntries(headers).filter(([name]) => name.toLowerCase() !== "authorization"));
}

/** Whether a response tells of an error: 203 is a sign-in page. */
function told(response: Response): boolean {
  return !response.ok || response.status === 203;
}

async function inGraphsTerms(response: Response): Promise<Response> {
  const text = await response.text().catch(() => "");
  let body: unknown = text;
  try {
    body = JSON.parse(text);
  } catch {
    // HTML, or nothing
  }
  const { status, body: explained } = explain({ status: response.status, headers: response.headers, body });
  if (explained === body) return new Response(text || null, { status, headers: response.headers });
  const headers = new Headers(response.headers);
  headers.set("Content-Type", "application/json");
  headers.delete("Content-Length");
  headers.delete("Content-Encoding");
  return new Response(JSON.stringify(explained), { status, headers });
}
