import type { AzureDevOpsFixture, Emulator, EmulatorOptions } from "../../../src/emulator/index";
import { startBench, type Send } from "../support";

export interface AzureBench {
  readonly emulator: Emulator;
  readonly azure: AzureDevOpsFixture;
  readonly send: Send;
  /** Sends to the organisation with the PAT and api-version 7.1; `path` begins after the organisation. */
  readonly request: (method: string, path: string, init?: AzureInit) => Promise<Response>;
}

export interface AzureInit {
  readonly body?: BodyInit;
  /** Undefined leaves a header out that would be sent otherwise. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
}

export interface Reference {
  readonly id: string;
  readonly url: string;
}

export const attachmentsPath = "/_apis/wit/attachments";

/** An emulator with ways to talk to its Azure DevOps. */
export async function startAzure(options?: EmulatorOptions): Promise<AzureBench> {
  const { emulator, send } = await startBench(options);
  const azure = emulator.azureDevOps;
  const request: AzureBench["request"] = (method, path, { body, headers, signal } = {}) => {
    const url = new URL(path.startsWith("https:") ? path : azure.organizationUrl + path);
    const all = { authorization: basic(azure.personalAccessToken), "content-type": octets, ...headers };
    const inAccept = headers?.accept?.includes("api-version") ?? false;
    if (!inAccept && !url.searchParams.has("api-version")) url.searchParams.set("api-version", "7.1");
    if (url.searchParams.get("api-version") === "") url.searchParams.delete("api-version");
    return send(url.href, { method, body, headers: present(all), signal, redirect: "manual" });
  };
  return { emulator, azure, send, request };
}

/** One emulator for the tests of a file, as new for each of them. */
export function useAzure(): AzureBench {
  const bench = {} as AzureBench;
  beforeAll(async () => {
    Object.assign(bench, await startAzure());
  });
  afterAll(() => bench.emulator.close());
  beforeEach(() => bench.emulator.reset());
  return bench;
}

/** A second emulator for one test; it ends with the test also where that fails, as it would keep the run alive. */
export async function withAzure(options: EmulatorOptions, use: (own: AzureBench) => Promise<void>): Promise<void> {
  const own = await startAzure(options);
  await use(own).finally(() => own.emulator.close());
}

export const octets = "application/octet-stream";

export const basic = (token: string, user = ""): string =>
  `Basic ${Buffer.from(`${user}:${token}`).toString("base64")}`;

/** Uploads bytes with one POST. */
export async function upload({ request }: AzureBench, body: BodyInit, query = "?fileName=a.bin"): Promise<Reference> {
  return read<Reference>(await request("POST", `${attachmentsPath}${query}`, { body }));
}

/** Starts a chunked upload. */
export async function start({ request }: AzureBench, query = "&fileName=a.bin"): Promise<Reference> {
  return read<Reference>(await request("POST", `${attachmentsPath}?uploadType=chunked${query}`));
}

/** Sends bytes start to end (exclusive) as a chunk. */
export function chunk(
  { request }: AzureBench,
  id: string,
  bytes: Uint8Array,
  [from, to]: readonly [number, number],
  init: AzureInit & { readonly query?: string } = {},
): Promise<Response> {
  const headers = { "content-range": `bytes ${from}-${to - 1}/${bytes.length}`, ...init.headers };
  const path = `${attachmentsPath}/${id}${init.query ?? "?uploadType=chunked&fileName=a.bin"}`;
  return request("PUT", path, { ...init, body: init.body ?? Buffer.from(bytes.subarray(from, to)), headers });
}

/** Patches a work item. */
export function patch(
  { request }: AzureBench,
  path: string,
  operations: unknown,
  headers: AzureInit["headers"] = {},
): Promise<Response> {
  const init = {
    body: JSON.stringify(operations),
    headers: { "content-type": "application/json-patch+json", ...headers },
  };
  return request("PATCH", path, init);
}

/** The operation that links an attachment. */
export const link = (url: string, attributes?: object): object => ({
  op: "add",
  path: "/relations/-",
  value: { rel: "AttachedFile", url, ...(attributes ? { attributes } : {}) },
});

export const read = async <T>(response: Response): Promise<T> => (await response.json()) as T;

/** Status, message and type key of the standard exception. */
export async function exceptionOf(response: Response): Promise<[number, string, string]> {
  const { message, typeKey } = await read<{ message: string; typeKey: string }>(response);
  return [response.status, message, typeKey];
}

const present = (headers: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined));
