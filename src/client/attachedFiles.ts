import type { Client, GraphRequest, GraphRequestCallback } from "@microsoft/microsoft-graph-client";
import { openSource } from "../files/open.js";
import { UploadError } from "../errors.js";
import { firstOf, headOf } from "./head.js";
import type { Part } from "../messages/letter.js";
import type { UploadOptions } from "../options.js";
import { detailed, type FileToAttach } from "../fileToAttach.js";

/** Middleware option: files that go with a POST, beside its body. */
export class AttachedFiles {
  constructor(
    readonly files: readonly Part[],
    readonly options: UploadOptions,
  ) {}
}

/** What `client.api(url).withAttachments(files, options)` does. */
export function withAttachments(
  this: GraphRequest,
  files: readonly FileToAttach[],
  options: UploadOptions = {},
): GraphRequest {
  if (!headOf(firstOf(this))) {
    throw new UploadError(
      "invalid",
      "withAttachments needs withLargeAttachments(client) first, or a LargeAttachmentHandler at the head of the chain.",
    );
  }
  const attached = new AttachedFiles(files.map(partOf), options);
  const post = Object.getPrototypeOf(this).post as GraphRequest["post"];
  // middlewareOptions(…) replaces what was there: these are added when the request is sent
  this.post = (content: unknown, callback?: GraphRequestCallback) => {
    const given = this["_middlewareOptions"] as object[];
    this.middlewareOptions([...given, attached] as Parameters<GraphRequest["middlewareOptions"]>[0]);
    return post.call(this, content, callback);
  };
  return this;
}

function partOf(one: FileToAttach): Part {
  const { file, name, contentType, isInline, contentId, size } = detailed(one);
  const source = openSource(file, size);
  const said = { name: name ?? source.name ?? "", contentType: contentType ?? source.type, isInline, contentId };
  return { content: source.content, file: said };
}

/** Gives the requests of a client methods; those of other clients made by the same copy of the Graph client get them too. */
export function teach<C extends Client>(client: C, methods: Readonly<Record<string, unknown>>): C {
  const requests = Object.getPrototypeOf(client.api("/")) as GraphRequest;
  for (const [name, value] of Object.entries(methods)) {
    Object.defineProperty(requests, name, { value, configurable: true, writable: true });
  }
  return client;
}
