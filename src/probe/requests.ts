/** A request before it is sent. */
export interface ProbeRequest {
  readonly method: string;
  /** Graph and Azure DevOps get a token. Upload hosts never do. */
  readonly to: "graph" | "azureDevOps" | "upload";
  /** A path of Graph with its version or of the organization, or an upload URL. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** A made-up token in place of the real one, or in addition to an upload URL. */
  readonly stranger?: true;
  /** The URL is that of an upload, which is a secret also where it is on Graph. */
  readonly secret?: true;
  /** Any answer is the result, and so is no answer. It is not sent again. */
  readonly once?: true;
  /** It creates something, so it is repeated only if the service says that it was not taken. */
  readonly makes?: true;
}

type More = Partial<ProbeRequest>;

/** A request to Graph v1.0 with JSON. */
export function graph(method: string, path: string, value?: unknown, more: More = {}): ProbeRequest {
  const json = value === undefined ? {} : { body: JSON.stringify(value) };
  const headers = { ...(value === undefined ? {} : { "Content-Type": "application/json" }), ...more.headers };
  return { method, to: "graph", url: `/v1.0${path}`, ...json, ...more, headers };
}

/** A request to an upload host without a body. */
export const onSession = (method: string, url: string, more: More = {}): ProbeRequest => ({
  method,
  to: "upload",
  url,
  ...more,
});

/** The bytes `from` to before `to` of a file of `total` bytes. All bytes are dots. */
export function range(url: string, from: number, to: number, total: number, more: More = {}): ProbeRequest {
  const headers = { "Content-Type": "application/octet-stream", "Content-Range": `bytes ${from}-${to - 1}/${total}` };
  return { method: "PUT", to: "upload", url, body: dots(to - from), ...more, headers: { ...headers, ...more.headers } };
}

/** A whole file in one PUT to Graph. */
export const file = (path: string, body: Uint8Array, more: More = {}): ProbeRequest => ({
  method: "PUT",
  to: "graph",
  url: `/v1.0${path}`,
  body,
  ...more,
  headers: { "Content-Type": "application/octet-stream" },
});

export const dots = (count: number): Uint8Array => new Uint8Array(count).fill(46);

/** A file attachment with a file of so many dots. `contentBytes` has four characters for three of them. */
export const attachment = (name: string, count: number, type = "fileAttachment"): object => ({
  "@odata.type": `#microsoft.graph.${type}`,
  name,
  contentBytes: Buffer.from(dots(count)).toString("base64"),
});

/** Names a page of another origin, as a browser does. */
export const origin = { Origin: "https://probe.example" };

/** Asks for permission to send a range from such a page. */
export const preflight = (url: string): ProbeRequest =>
  onSession("OPTIONS", url, {
    headers: {
      ...origin,
      "Access-Control-Request-Method": "PUT",
      "Access-Control-Request-Headers": "content-range,content-type",
    },
  });

/** One request in one line, with the tenant's own parts as `…`. */
export function lineOf(
  { method, to, url, headers = {}, body, stranger, secret }: ProbeRequest,
  hide: (text: string) => string,
) {
  const contentRange = headers["Content-Range"];
  const parts = [
    `${method} ${to === "upload" || secret ? "<upload URL>" : hide(url)}`,
    ...(contentRange ? [contentRange] : body === undefined ? [] : [`${body.length} bytes`]),
    ...(stranger ? ["with a made-up token"] : []),
    ...(headers["Origin"] ? ["from another origin"] : []),
  ];
  return parts.join(", ");
}
