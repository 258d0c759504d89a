import type { Item, PrintDocument, PrintFixture } from "../api.js";
import type { PrintStore, StoredDocument } from "./store.js";

/** The fixture of Universal Print. */
export const printFixture = (store: PrintStore): PrintFixture => ({
  addDocument: () => {
    const document = store.addDocument();
    return { id: document.id, path: pathOf(document, "printers") };
  },
  document: (reference: Item | string) => {
    const id = typeof reference === "string" ? reference : reference.id;
    const document = store.documents.get(id);
    if (!document) throw new Error(`The emulator has no print document ${id}.`);
    return describe(document);
  },
});

const pathOf = ({ id, job, printer, share }: StoredDocument, through: "printers" | "shares"): string =>
  `/print/${through}/${through === "printers" ? printer : share}/jobs/${job}/documents/${id}`;

function describe(document: StoredDocument): PrintDocument {
  const { id, name, contentType, content, sessions } = document;
  const path = pathOf(document, "printers");
  return {
    ...{ id, path, sharePath: pathOf(document, "shares"), name, contentType, size: content?.length ?? 0, sessions },
    get bytes() {
      return content?.bytes;
    },
    get sha256() {
      return content?.sha256;
    },
  };
}
