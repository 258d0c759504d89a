// PnPjs: files in chunks, and messages.
import { DefaultHeaders, DefaultInit, graphfi, GraphBrowser } from "@pnp/graph";
import "@pnp/graph/attachments/index.js";
import "@pnp/graph/files/index.js";
import "@pnp/graph/mail/index.js";
import "@pnp/graph/users/index.js";
import { bytes, same, sha256 } from "./files.mjs";
import { versionOf } from "./packages.mjs";

const name = "@pnp/graph";
const large = bytes(5_000_000);
const unit = 327_680;

/** Signs in as PnPjs' own behaviors do, such as MSAL. */
const signIn = (token) => (instance) => {
  instance.on.auth.replace(async (url, init) => {
    init.headers = { ...init.headers, Authorization: `Bearer ${token}` };
    return [url, init];
  });
  return instance;
};

export const pnp = {
  name,
  version: () => versionOf(".", name),
  // It sends its own headers to upload URLs as well.
  vary: { uploadHostHeaders: "ignore" },
  cannot: [
    "Upload where upload hosts refuse headers that are not theirs (`uploadHostHeaders`), because it sends some.",
  ],
  prepare: ({ emulator }) => ({
    graph: graphfi().using(
      DefaultHeaders(),
      DefaultInit(),
      GraphBrowser({ baseUrl: "https://graph.microsoft.com/v1.0" }),
      signIn(emulator.token),
    ),
  }),
  jobs: {
    "reads the user and the drive": async ({ emulator, graph }) => {
      same((await graph.me()).userPrincipalName, "megan@contoso.example");
      same((await graph.me.drive()).id, emulator.drive.id);
    },
    "uploads 5 MB in chunks": async ({ emulator, graph }) => {
      const { id } = emulator.drive.addFolder("/Reports");
      const folder = graph.me.drive.getItemById(id);
      const { resumableUpload } = await folder.createUploadSession({ item: { name: "big.zip" } });
      for (let start = 0; start < large.length; start += 10 * unit) {
        const part = large.subarray(start, start + 10 * unit);
        const range = `bytes ${start}-${start + part.length - 1}/${large.length}`;
        await resumableUpload.upload(part.length, part, range);
      }
      same(emulator.drive.file("/Reports/big.zip").sha256, sha256(large));
    },
    "uploads a small file, lists it, renames it and deletes it": async ({ emulator, graph }) => {
      const { id } = emulator.drive.addFolder("/Small");
      const folder = graph.me.drive.getItemById(id);
      const file = await folder.upload({ filePathName: "note.txt", content: "hello", contentType: "text/plain" });
      same(
        (await folder.children()).map(({ name }) => name),
        ["note.txt"],
      );
      await graph.me.drive.getItemById(file.id).update({ name: "renamed.txt" });
      same(emulator.drive.file("/Small/renamed.txt").bytes.toString(), "hello");
      await graph.me.drive.getItemById(file.id).delete();
      same((await folder.children()).length, 0);
    },
    "creates a message, attaches a file and sends it": async ({ emulator, graph }) => {
      const toRecipients = [{ emailAddress: { address: "adele@contoso.example" } }];
      const draft = await graph.me.messages.add({
        subject: "Report",
        body: { contentType: "text", content: "Hi" },
        toRecipients,
      });
      const contentBytes = Buffer.from("hello").toString("base64");
      const file = { "@odata.type": "#microsoft.graph.fileAttachment", name: "note.txt", contentBytes };
      await graph.me.messages.getById(draft.id).attachments.addFile(file);
      await graph.me.messages.getById(draft.id).send();
      const [sent] = emulator.mailbox.outbox();
      same([sent.subject, sent.attachments.map(({ name }) => name)], ["Report", ["note.txt"]]);
    },
  },
};
