import { inSuccession } from "../attach/attachFiles.js";
import { postWhole } from "../attach/post.js";
import { memory } from "../files/open.js";
import type { Fresh } from "../http/ask.js";
import type { Service } from "../http/service.js";
import { isObject } from "../isObject.js";
import type { Protocol } from "../protocol.js";
import { item } from "../protocols/graph/item.js";
import { outlook } from "../protocols/outlook.js";
import type { Job } from "../upload/job.js";
import { idOf, type Expected } from "./complete.js";
import { bytesOf, nameOf, reportInside, type Attachment } from "./firstBody.js";
import { attachKept } from "./messageCheckpoint.js";

/** An item that was just created, or that an earlier try has left. */
export interface Draft {
  readonly service: Service;
  readonly url: string;
  readonly fresh: Fresh;
  /** See `Job.mustOwn`. */
  readonly mustOwn?: () => Promise<void>;
}

const collectionOf = ({ url }: Draft) => `${url}/attachments`;

const onDraft = (job: Job, draft: Draft): Job => ({
  ...job,
  collection: collectionOf(draft),
  service: job.service.with({}, draft.fresh, draft.service.place),
  mustOwn: draft.mustOwn,
});

/** How an attachment gets to the item, and how it is known there. */
export function expected(one: Attachment, draft: Draft): Expected {
  if ("job" in one) {
    const job = onDraft(one.job, draft);
    const { name, size } = job.file;
    const attach = async (): Promise<Expected> => ({ name, size, id: idOf(await attachKept(job)), attach });
    return { name, size, attach, held: () => reportInside([one]) };
  }
  const name = nameOf(one.json);
  const attach = async (): Promise<Expected> => ({
    name,
    id: idOf(await postJson(one.json, draft)),
    attach,
  });
  return { name, attach };
}

/** Attaches everything in its order. `known`: names of all that the item holds already, if that is known. */
export function attachAll(
  all: readonly Attachment[],
  draft: Draft,
  known: readonly string[] | undefined,
): Promise<readonly Expected[]> {
  const names = all.map((one) => ("job" in one ? one.job.file.name : nameOf(one.json)));
  const jobs = all.flatMap((one, index) => {
    if (!("job" in one)) return [];
    const beside = known && [...known, ...names.slice(0, index)];
    // two of one name are told apart by their ids
    return [{ ...onDraft(one.job, draft), beside: beside?.includes(one.job.file.name) ? undefined : beside }];
  });
  const work = async (own: readonly Job[]) => {
    const rest = own.values();
    const expect = (one: Attachment) => {
      const job = "job" in one && rest.next().value;
      return expected(job ? { job } : one, draft);
    };
    let held: readonly Expected[] = [];
    for (const one of all) held = [...held, await expect(one).attach()];
    return held;
  };
  return inSuccession(jobs, work, true);
}

/** Attaches an attachment that is not a file, in its own request. */
function postJson(json: unknown, draft: Draft): Promise<object> {
  const { service, mustOwn } = draft;
  const collection = collectionOf(draft);
  const body = isObject(json) ? json : {};
  const protocol: Protocol = outlook;
  const file = { name: nameOf(json), size: bytesOf(JSON.stringify(json)) };
  const job = { service, protocol, collection, file, content: memory(new Uint8Array(0)), mustOwn };
  return postWhole(job, { request: () => item.create(collection, body) });
}
