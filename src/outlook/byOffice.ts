import { toBase64 } from "../base64.js";
import { UploadError } from "../errors.js";
import { orAborted } from "../signals.js";
import { callOffice, OfficeFailure, supports, type ComposedItem, type Patience } from "./office.js";
import { attachmentsShown, claim, newlyShown } from "./shown.js";

/** Characters of base64 that one call takes: "25 MB" (docs: addFileAttachmentFromBase64Async). */
const MOST_CHARACTERS = 34_865_152;
/** Bytes of the largest file that Office.js takes. */
export const OFFICE_LIMIT = (MOST_CHARACTERS / 4) * 3;
/** Characters of a name (documented). */
const LONGEST_NAME = 255;

/** A file as Office.js can take it. */
export interface OfficeFile {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  readonly isInline?: boolean;
  readonly contentId?: string;
}

/** True if the host itself can add files (Mailbox 1.8). */
export function addsFiles(item: ComposedItem): boolean {
  return typeof item.addFileAttachmentFromBase64Async === "function" && supports("Mailbox", "1.8");
}

/** True if Office.js can add this file. It cannot set a content id: `cid:` and the name refer to an inline image. */
export function officeTakes(item: ComposedItem, { name, size, isInline, contentId }: OfficeFile): boolean {
  const hasOwnId = contentId !== undefined && !(isInline && contentId === name);
  return addsFiles(item) && size <= OFFICE_LIMIT && name.length <= LONGEST_NAME && !hasOwnId;
}

const NOT_ALLOWED: Readonly<Record<string, (name: string) => UploadError>> = {
  FileTypeNotSupported: (name) =>
    new UploadError("unsupported", `Outlook does not allow files of this type: ${name}. Share a link to it instead.`),
  NumberOfAttachmentsExceeded: (name) =>
    new UploadError(
      "unsupported",
      `The item has too many attachments, so ${name} was not attached. Remove some first.`,
    ),
  AttachmentDeletedBeforeUploadCompletes: (name) =>
    new UploadError("cancelled", `${name} was removed in Outlook before it was attached.`),
};

/** Adds a file to the window. Returns its id, or `undefined` if Office.js does not take it and Graph may. */
export async function addByOffice(
  item: ComposedItem,
  { name, isInline = false }: OfficeFile,
  bytes: Uint8Array,
  { timeout, signal }: Patience,
): Promise<string | undefined> {
  const before = await attachmentsShown(item, { timeout, signal });
  const base64 = toBase64(bytes);
  // without the signal: a file that is added in spite of an abort is removed
  const adding = callOffice<string>(
    (done) => item.addFileAttachmentFromBase64Async?.(base64, name, { isInline }, done),
    { timeout },
  );
  try {
    const id = await orAborted(adding, signal);
    claim(item, id);
    return id;
  } catch (error) {
    if (signal?.aborted) {
      const remove = (id: string) => callOffice<void>((done) => item.removeAttachmentAsync?.(id, done), { timeout });
      adding.then(remove).catch(() => {});
      throw error;
    }
    if (!(error instanceof OfficeFailure)) throw error;
    const refused = NOT_ALLOWED[error.name]?.(name);
    if (refused) throw refused;
    const found = await newlyShown(item, { name }, before, { timeout, signal });
    if (found || !error.unheard) return found?.id;
    const message = `Outlook did not confirm ${name}, so it may have it. Check the attachments before you attach it again.`;
    throw new UploadError("uncertain", message, { cause: error });
  }
}
