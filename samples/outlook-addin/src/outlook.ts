import type { Client } from "@microsoft/microsoft-graph-client";
import { UploadError } from "graph-large-attachments";
import { attachToItem, untilShown } from "graph-large-attachments/outlook";
import { Explained } from "../../support/pane/messages.js";
import type { Place } from "../../support/pane/uploads.js";

/** The message or event that the user writes. */
export function composedItem(client: Client): Place {
  const item = Office.context.mailbox.item!;
  return {
    kind: item.itemType === Office.MailboxEnums.ItemType.Message ? "message" : "event",
    async attach(file, run) {
      const attached = await attachToItem(client, item, file, run).catch(inWords);
      return { advice: attached.advice, shown: () => untilShown(item, attached) };
    },
  };
}

/** Some errors are written for people, and say more than the pane could. */
function inWords(error: unknown): never {
  if (!(error instanceof UploadError) || !/^(unsupported|lost|notSynced)$/.test(error.code)) throw error;
  throw new Explained(error.message, error.code === "notSynced");
}
