import { asGraphError, withWords } from "../http/refusal.js";
import type { Service } from "../http/service.js";
import type { Reply } from "../protocol.js";
import { item } from "../protocols/graph/item.js";
import { filesFolderAt, readFolder, teams } from "../protocols/teams.js";
import { serviceFor, type Sending } from "./createJob.js";

/** A folder that is about to be created exists soon. One that never comes is reported early. */
const FOLDER_RETRIES = 3;

/** The folder of a channel is created when it is first needed. */
export async function folderOf(service: Service, url: string, api: string): Promise<string> {
  for (const retrier = service.retrier(FOLDER_RETRIES); ;) {
    const found = await service.get<string | { readonly missing: Reply }>(item.read(url), (reply) =>
      reply.status === 404 ? { missing: reply } : readFolder(reply, api),
    );
    if (typeof found === "string") return found;
    if (await retrier.next()) continue;
    throw withWords(service.refusal(found.missing), "Open the channel's Files tab once, which creates the folder.");
  }
}

/** Finds the folder of a channel in its drive. */
export async function meantBy(url: string, sending: Sending): Promise<string> {
  const found = filesFolderAt(url);
  if (!found) return url;
  return asGraphError(folderOf(serviceFor(sending, teams, url), found.folder, found.api));
}
