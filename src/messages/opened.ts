import { pristine, refused } from "../attach/answer.js";
import type { Sending } from "../attach/createJob.js";
import type { InterceptedRequest } from "../attach/intercept.js";
import { UploadError } from "../errors.js";
import { openParts } from "../files/given.js";
import { closeAll } from "../files/open.js";
import { trafficOf } from "../http/traffic.js";
import type { Part } from "../middlewareOptions.js";
import type { UploadOptions } from "../options.js";
import type { Settings } from "../settings.js";
import { signalFor } from "../signals.js";
import type { Letter } from "./letter.js";

/** The opened files of `withAttachments`, and their options. */
export interface OpenedFiles {
  readonly files: readonly Part[];
  readonly options: UploadOptions;
}

/** A request that may be taken over, with its files opened. */
export interface OpenedRequest extends Omit<InterceptedRequest, "files"> {
  readonly files?: OpenedFiles;
}

/** Opens the files next to a request for as long as `work` takes. */
export async function opening(
  request: InterceptedRequest,
  work: (request: OpenedRequest) => Promise<boolean>,
): Promise<boolean> {
  const files = request.files && { files: openParts(request.files.files), options: request.files.options };
  try {
    const done = await work({ ...request, files });
    closeAll(files?.files ?? []);
    return done;
  } catch (error) {
    closeAll(files?.files ?? [], error);
    throw error;
  }
}

/** Refuses a body that holds one member twice, of which the service would read one. */
export function mustBeClear({ twice }: Letter): void {
  if (!twice) return;
  throw new UploadError(
    "invalid",
    `The body holds both ${twice[0]} and ${twice[1]}. Keep one of them. Nothing was sent.`,
  );
}

/** The settings of a request, with the options of `withAttachments`. */
export function withFiles(settings: Settings, files: OpenedFiles | undefined): Settings {
  if (!files) return settings;
  return { ...settings, ...files.options, signal: signalFor(settings.signal, files.options.signal) };
}

/** Gives the request its response, even if the service refuses. */
export async function answer({ context }: OpenedRequest, work: () => Promise<Response>): Promise<true> {
  try {
    context.response = await work();
  } catch (error) {
    context.response = refused(error);
  }
  return true;
}

/** How the requests of a message are sent. Progress is reported for all files together. */
export function sendingFor({ context, next, handler }: OpenedRequest, settings: Settings): Sending {
  const call = { context: pristine(context), next };
  return { call, settings: { ...settings, onProgress: undefined, once: undefined }, traffic: trafficOf(handler) };
}
