/**
 * Adds the handler to a custom middleware chain. Code that posts small attachments then posts large ones too.
 * README.md shows how to run it.
 */
import { Client, MiddlewareFactory } from "@microsoft/microsoft-graph-client";
import { LargeAttachmentHandler, LargeAttachmentHandlerOptions } from "graph-large-attachments";
import { startEmulator } from "graph-large-attachments/emulator";

const emulator = await startEmulator();
const authProvider = { getAccessToken: async () => emulator.token };
const client = Client.initWithMiddleware({
  ...emulator.clientOptions,
  middleware: [new LargeAttachmentHandler(), ...MiddlewareFactory.getDefaultMiddlewareChain(authProvider)],
});

const message = emulator.addMessage();
const progress = new LargeAttachmentHandlerOptions({
  onProgress: ({ loaded, total }) => console.log(`${loaded} of ${total} bytes`),
});
const attachment = await client
  .api(`${message.path}/attachments`)
  .middlewareOptions([progress]) // only for the progress
  .post({
    "@odata.type": "#microsoft.graph.fileAttachment",
    name: "report.pdf",
    contentType: "application/pdf",
    contentBytes: Buffer.alloc(10_000_000).toString("base64"),
  });
console.log(attachment);
console.log(`It went by ${emulator.attachments(message)[0]?.via}.`);

await emulator.close();
