import type { Client } from "@microsoft/microsoft-graph-client";
import { tell } from "../callbacks.js";
import { stateOf, type Uploads } from "../client/handlerState.js";
import type { CreatedAttachment } from "../client/withLargeAttachments.js";
import { UploadError } from "../errors.js";
import type { Content } from "../file.js";
import { inMegabytes } from "../megabytes.js";
import { member } from "../json.js";
import type { AttachOptions } from "../options.js";
import type { UploadWaiting } from "../reports.js";
import { addsFiles, OFFICE_LIMIT } from "./byOffice.js";
import { currentPath, savedDraft, type Draft, type Saving } from "./draft.js";
import type { ComposedItem } from "./office.js";

/** A file on its way to the draft on the server. */
export interface GraphUpload {
  readonly client: Client;
  readonly uploads: Uploads;
  readonly item: ComposedItem;
  readonly name: string;
  readonly content: Content;
  readonly options: AttachOptions;
  readonly saving: Saving;
}

/** Times that an upload is made again because the draft was changed or has another id. */
const REPEATS = 3;
/** Bytes of a file that one request carries in base64 with what stands around it. */
const ONE_REQUEST = 3_000_000;

/** Saves the item, waits until Graph knows it, and attaches the file there. Follows a draft whose id changes. */
export async function attachByGraph(upload: GraphUpload): Promise<CreatedAttachment> {
  const { item, name, content, saving } = upload;
  let draft = await savedDraft(item, name, saving);
  for (let left = REPEATS; ; left--) {
    const follower = new Follower(upload, draft);
    try {
      return await follower.attach();
    } catch (error) {
      saving.signal?.throwIfAborted();
      const next = content.anywhere && left > 0 ? await follower.next(error) : undefined;
      if (!next) throw inWords(error, upload, draft);
      draft = next;
    }
  }
}

const MOVED = new Error("The draft has another id now.");

/** One attempt at an upload, which looks after the draft while it waits. */
class Follower {
  #looking: Promise<void> | undefined;
  #moved: Draft | undefined;
  readonly #stop = new AbortController();

  constructor(
    private readonly upload: GraphUpload,
    private readonly draft: Draft,
  ) {}

  async attach(): Promise<CreatedAttachment> {
    const { client, uploads, content, options } = this.upload;
    const { onWaiting, onAttempt } = options;
    const own: AttachOptions = {
      ...options,
      onWaiting: (waiting) => {
        this.#look(waiting.reason);
        tell(onWaiting, waiting);
      },
      onAttempt: (attempt) => {
        if (attempt.status === 412) this.#look("conflict");
        tell(onAttempt, attempt);
      },
    };
    const request = client.api(this.draft.path).option("signal", this.#stop.signal);
    const attached = await uploads.attachTo(request, [{ content, options: own }], false, stateOf(client)?.defaults);
    return attached.find(isAttachment) ?? unreadable();
  }

  /** The draft to try again with. `undefined` if another attempt would end alike. */
  async next(error: unknown): Promise<Draft | undefined> {
    const { item, name, saving } = this.upload;
    await this.#looking;
    if (this.#moved) return this.#moved;
    const status = statusOf(error);
    if (status === 412) return savedDraft(item, name, saving);
    if (status !== 404) return undefined;
    await this.#follow();
    return this.#moved;
  }

  /** Outlook saves unsaved edits, with which Graph's change conflicts; or says the id that a draft has by now. */
  #look(reason: UploadWaiting["reason"]): void {
    const { item, name, saving } = this.upload;
    const work = async () => {
      if (reason === "draft") return this.#follow();
      await savedDraft(item, name, saving);
    };
    this.#looking ??= work()
      .catch(() => {}) // the upload itself says what is wrong
      .finally(() => (this.#looking = undefined));
  }

  async #follow(): Promise<void> {
    const path = await currentPath(this.upload.item, this.draft, this.upload.saving);
    if (path === undefined || path === this.draft.path) return;
    this.#moved = { ...this.draft, path };
    if (this.upload.content.anywhere) this.#stop.abort(MOVED); // a stream cannot be read again
  }
}

const isAttachment = (value: object): value is CreatedAttachment => "id" in value && "name" in value;

function unreadable(): never {
  throw new UploadError("uncertain", "Graph did not name the attachment. Check the draft before you attach it again.");
}

/** The status of a refusal, also after all retries have failed. */
function statusOf(error: unknown): unknown {
  return member(error, "statusCode") ?? member(member(error, "cause"), "statusCode");
}

/** Refusals that people in Outlook can do something about, in their words. */
function inWords(error: unknown, { item, name, content }: GraphUpload, { owner }: Draft): unknown {
  const status = statusOf(error);
  const size = inMegabytes(content.size);
  if (status === 403 && owner !== undefined) {
    const most = inMegabytes(addsFiles(item) && content.size > OFFICE_LIMIT ? OFFICE_LIMIT : ONE_REQUEST);
    const message = `${name} has ${size}, but in the mailbox of ${owner} an add-in can attach up to ${most}. Attach it to a message in your own mailbox, or share a link to it.`;
    return new UploadError("unsupported", message, { cause: error });
  }
  if (member(error, "code") === "ErrorInvalidMailboxItemId") {
    const message = `The draft is in another mailbox than the one you are signed in to, so ${name} was not attached. Start the message in your own mailbox to attach the file.`;
    return new UploadError("unsupported", message, { cause: error }); // office-js #1116
  }
  if (status === 404 && !(error instanceof UploadError)) {
    const message = `The draft is no longer where it was saved, so ${name} was not attached. It was sent, moved or deleted; open it again to attach the file.`;
    return new UploadError("lost", message, { cause: error });
  }
  return error;
}
