import { Explained } from "../../support/pane/messages.js";
import type { Place } from "../../support/pane/uploads.js";

/** The message or event that the user writes. Graph knows it only after it is saved as a draft. */
export function composedItem(): Place {
  const { mailbox } = Office.context;
  const item = mailbox.item as unknown as Office.MessageCompose | Office.AppointmentCompose;
  const isMessage = item.itemType === Office.MailboxEnums.ItemType.Message;
  return {
    kind: isMessage ? "message" : "event",
    async open() {
      const id = mailbox.convertToRestId(await save(item), Office.MailboxEnums.RestVersion.v2_0);
      return `/me/${isMessage ? "messages" : "events"}/${encodeURIComponent(id)}`;
    },
  };
}

function save(item: Office.MessageCompose | Office.AppointmentCompose): Promise<string> {
  return new Promise((resolve, reject) =>
    item.saveAsync(({ status, value }) => {
      if (status === Office.AsyncResultStatus.Succeeded) resolve(value);
      else reject(new Explained("The draft couldn’t be saved. Retry."));
    }),
  );
}
