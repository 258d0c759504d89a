import { Client, HTTPMessageHandler, RetryHandler } from "@microsoft/microsoft-graph-client";
import type { ClientOptions, Context, GraphRequest, Middleware } from "@microsoft/microsoft-graph-client";
import { UploadError } from "../errors.js";
import { headerEntries } from "../http/headers.js";
import { NAMES, unknownOption } from "../optionNames.js";
import type { AttachmentSource, AttachOptions, FileToAttach, UploadOptions } from "../options.js";
import { readReply } from "../reply.js";
import { originOf } from "../urls.js";
import { AzureDevOpsAttachmentHandler, azureDevOpsUploads } from "./AzureDevOpsAttachmentHandler.js";
import { withAttach, type CreatedAttachment, type CreatedReference } from "./withLargeAttachments.js";

/** A `TokenCredential` of `@azure/identity`, as far as it is needed. */
export interface TokenSource {
  getToken(scopes: string | string[]): Promise<{ readonly token: string; readonly expiresOnTimestamp: number } | null>;
}

/** The address of Azure DevOps, and one way to sign in: `personalAccessToken`, `credential` or `getToken`. */
export interface AzureDevOpsClientOptions extends UploadOptions {
  /** `https://dev.azure.com/{organization}`, `https://{organization}.visualstudio.com`, or a Server's URL with its collection. */
  readonly organizationUrl: string;
  /** Needs the scope “Work items (read & write)”. */
  readonly personalAccessToken?: string;
  /** A credential of `@azure/identity`. Called again when its token expires. */
  readonly credential?: TokenSource;
  /** Returns a bearer token. Called for every request. */
  readonly getToken?: () => string | Promise<string>;
  /** The version for requests that do not name one. @default "7.1" */
  readonly apiVersion?: string;
  /** Passed to `fetch`, as by the Graph client. */
  readonly fetchOptions?: ClientOptions["fetchOptions"];
}

/** A request to Azure DevOps, which also attaches several files. */
export interface AzureDevOpsRequest extends GraphRequest {
  attach<T = CreatedAttachment>(file: AttachmentSource, options?: AttachOptions): Promise<T>;
  /** Attaches several files to a work item, in one revision. */
  attach<T = CreatedReference>(files: readonly FileToAttach[], options?: AttachOptions): Promise<T[]>;
  header(...given: Parameters<GraphRequest["header"]>): AzureDevOpsRequest;
  headers(...given: Parameters<GraphRequest["headers"]>): AzureDevOpsRequest;
  middlewareOptions(...given: Parameters<GraphRequest["middlewareOptions"]>): AzureDevOpsRequest;
  option(...given: Parameters<GraphRequest["option"]>): AzureDevOpsRequest;
  options(...given: Parameters<GraphRequest["options"]>): AzureDevOpsRequest;
  query(...given: Parameters<GraphRequest["query"]>): AzureDevOpsRequest;
  version(...given: Parameters<GraphRequest["version"]>): AzureDevOpsRequest;
}

/** A Graph client for Azure DevOps. */
export interface AzureDevOpsClient extends Client {
  api(path: string): AzureDevOpsRequest;
}

const NONE: AzureDevOpsClientOptions = { organizationUrl: "" };

/** The options that are not about uploads, with other names that people give them. */
const OWN_NAMES = {
  organizationUrl: "orgUrl organisationUrl url",
  personalAccessToken: "pat token",
  credential: "",
  getToken: "",
  apiVersion: "",
  fetchOptions: "",
};

/** The id of Azure DevOps in Entra ID (docs: Azure DevOps, authenticate with Microsoft Entra). */
const SCOPE = "499b84ac-1321-427f-aa17-267ca6975798/.default";
/** Milliseconds before its expiry at which a token is no longer used. */
const MARGIN = 120_000;

/**
 * Creates a Graph client for Azure DevOps: `client.api("/MyProject/_apis/wit/workitems/299").attach(file, { name })` uploads a
 * file, in chunks if it is large, and links it. The credential goes only to the origin of `organizationUrl`. A refusal by
 * Azure DevOps reaches the caller as a `GraphError` with its status, its type key and its own words.
 */
export function createAzureDevOpsClient(options: AzureDevOpsClientOptions): AzureDevOpsClient {
  const { organizationUrl, personalAccessToken, credential, getToken, apiVersion, fetchOptions, ...upload } =
    options ?? NONE;
  for (const name of Object.keys(upload)) {
    if (!Object.hasOwn(NAMES, name)) throw unknownOption(name, { ...NAMES, ...OWN_NAMES });
  }
  const origin = /^https?:/.test(organizationUrl ?? "") ? originOf(organizationUrl) : undefined;
  if (origin === undefined) {
    throw new UploadError("invalid", "organizationUrl must be a URL such as https://dev.azure.com/fabrikam.");
  }
  const middleware: Middleware[] = [
    new AzureDevOpsAttachmentHandler(upload),
    new AzureDevOpsAccess(origin, apiVersion ?? "7.1", authorization({ personalAccessToken, credential, getToken })),
    new RetryHandler(),
    new HTTPMessageHandler(),
  ];
  return withAttach(
    Client.initWithMiddleware({ baseUrl: organizationUrl, defaultVersion: "", middleware, fetchOptions }),
  );
}

/** Returns the Authorization header. `fresh`: the one that was used before was refused. */
type Authorize = (fresh: boolean) => Promise<string>;

type SignIn = Pick<AzureDevOpsClientOptions, "personalAccessToken" | "credential" | "getToken">;

function authorization({ personalAccessToken, credential, getToken }: SignIn): Authorize {
  if ([personalAccessToken, credential, getToken].filter((way) => way).length !== 1) {
    throw new UploadError("invalid", "Give one of personalAccessToken, credential and getToken to sign in with.");
  }
  if (personalAccessToken) return async () => `Basic ${btoa(`:${personalAccessToken}`)}`;
  if (getToken) return async () => `Bearer ${await getToken()}`;
  let held: Awaited<ReturnType<TokenSource["getToken"]>> | undefined;
  return async (fresh) => {
    if (fresh || !held || held.expiresOnTimestamp - MARGIN < Date.now()) held = await credential?.getToken(SCOPE);
    if (!held) throw new UploadError("invalid", "The credential returned no token for Azure DevOps.");
    return `Bearer ${held.token}`;
  };
}

/** Signs requests to one origin, adds an api-version, and gives sign-in pages and errors Graph's shape. */
class AzureDevOpsAccess implements Middleware {
  #next: Middleware | undefined;

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
    const { request, options } = context;
    if (typeof request !== "string" || originOf(request) !== this.origin) {
      context.options = { ...options, headers };
      return this.#next?.execute(context);
    }
    context.request = this.#versioned(request, headers);
    context.options = { ...options, redirect: "manual" };
    const used = await this.#send(context, headers, false);
    let response = await inGraphsShape(context.response);
    if (response?.status === 401 && (await this.authorize(true)) !== used) {
      await this.#send(context, headers, true);
      response = await inGraphsShape(context.response);
    }
    context.response = response;
  }

  async #send(context: Context, headers: Record<string, string>, fresh: boolean): Promise<string> {
    const Authorization = await this.authorize(fresh);
    context.options = { ...context.options, headers: { ...headers, Authorization } };
    await this.#next?.execute(context);
    return Authorization;
  }

  #versioned(url: string, headers: Record<string, string>): string {
    const accept = Object.entries(headers).find(([name]) => name.toLowerCase() === "accept")?.[1] ?? "";
    if (!url.includes("/_apis/") || /[?&]api-version=/i.test(url) || /api-version=/i.test(accept)) return url;
    return `${url}${url.includes("?") ? "&" : "?"}api-version=${encodeURIComponent(this.apiVersion)}`;
  }
}

function withoutAuthorization(headers: unknown): Record<string, string> {
  return Object.fromEntries(headerEntries(headers).filter(([name]) => name.toLowerCase() !== "authorization"));
}

/** Gives an error, or a sign-in page (203), Graph's shape. Other responses stay as they are. */
async function inGraphsShape(response: Response | undefined): Promise<Response | undefined> {
  if (!response || (response.ok && response.status !== 203)) return response;
  const part = await Promise.resolve(azureDevOpsUploads()).catch(() => undefined);
  if (!part) return response; // the page is offline: the response passes as it came
  const text = await response.text().catch(() => "");
  const given = await readReply(response, Promise.resolve(text));
  const { status, body } = part.explain(given);
  if (body === given.body) return new Response(text || null, { status, headers: response.headers });
  const headers = new Headers(response.headers);
  headers.set("Content-Type", "application/json");
  headers.delete("Content-Length");
  headers.delete("Content-Encoding");
  return new Response(JSON.stringify(body), { status, headers });
}
