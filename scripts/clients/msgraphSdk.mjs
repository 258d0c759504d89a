// Microsoft's next SDK. A bridge puts this library into its middleware (ARCHITECTURE.md says what a bridge needs).
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { LargeAttachmentHandler } from "../../src/index.ts";
import { bytes, same, sha256 } from "./files.mjs";
import { versionOf } from "./packages.mjs";

const name = "@microsoft/msgraph-sdk";
const version = "1.0.0-preview.90";
const large = bytes(9_000_000);
const small = bytes(1000);

export const msgraphSdk = {
  name,
  npm: { [name]: version, "@microsoft/msgraph-sdk-users": version },
  version: (home) => versionOf(home, name),
  // It sends its own header to upload URLs as well.
  vary: { uploadHostHeaders: "ignore" },
  cannot: [
    "Upload where upload hosts refuse headers that are not theirs (`uploadHostHeaders`), because it sends `SdkVersion`.",
    "Upload with its own `LargeFileUploadTask`: it reads the documented `0-` as a range without an end, and gives up.",
    "Write the bytes of an attachment from its model, because it leaves out what derived types have: `additionalData` does.",
    "Attach more than 3 MB without the bridge.",
  ],
  prepare: async ({ emulator, home }) => {
    const load = (path) => import(pathToFileURL(join(home, "node_modules/@microsoft", path)).href);
    const sdk = await load("msgraph-sdk/index.js");
    await load("msgraph-sdk-users/index.js");
    const core = await load("msgraph-sdk-core/dist/index.js");
    const library = "kiota-http-fetchlibrary";
    const { main, module = main } = JSON.parse(
      readFileSync(join(home, "node_modules/@microsoft", library, "package.json"), "utf8"),
    );
    const http = await load(join(library, module));
    const signIn = {
      authenticateRequest: async (request) => void request.headers.add("Authorization", `Bearer ${emulator.token}`),
    };
    const telemetry = { graphServiceTargetVersion: "", graphServiceLibraryClientVersion: version };
    const chain = core.getDefaultMiddlewares({ customFetch: fetch, graphTelemetryOption: telemetry });
    const client = core.createGraphClientFactory(telemetry, undefined, undefined, [bridge(http), ...chain]);
    const adapter = new sdk.GraphRequestAdapter(signIn, undefined, undefined, client);
    return { graph: sdk.createGraphServiceClient(adapter) };
  },
  jobs: {
    "creates a message and reads it": async ({ emulator, graph }) => {
      const toRecipients = [{ emailAddress: { address: "adele@contoso.example" } }];
      const { id } = await graph.me.messages.post({ subject: "Report", toRecipients });
      same((await graph.me.messages.byMessageId(id).get()).subject, "Report");
      same(emulator.mailbox.drafts().length, 1);
    },
    "attaches 1 KB and, through the bridge, 9 MB, and sends the message": async ({ emulator, graph }) => {
      const [draft] = emulator.mailbox.drafts();
      const message = graph.me.messages.byMessageId(draft.id);
      for (const [name, content] of [
        ["small.bin", small],
        ["large.bin", large],
      ]) {
        const additionalData = { contentBytes: content.toString("base64") };
        const odataType = "#microsoft.graph.fileAttachment";
        const made = await message.attachments.post({ odataType, name, additionalData });
        same(made.name, name);
      }
      same(
        emulator.attachments(draft.id).map(({ via, sha256 }) => [via, sha256]),
        [
          ["post", sha256(small)],
          ["session", sha256(large)],
        ],
      );
      await message.send.post();
      same(emulator.mailbox.outbox()[0].attachments.length, 2);
    },
  },
};

/** The bridge, as in ARCHITECTURE.md. */
function bridge({ RetryHandlerOptionKey, RetryHandlerOptions, RedirectHandlerOptionKey, RedirectHandlerOptions }) {
  const once = {
    [RetryHandlerOptionKey]: new RetryHandlerOptions({ maxRetries: 0 }),
    [RedirectHandlerOptionKey]: new RedirectHandlerOptions({ maxRedirects: 0 }),
  };
  const handler = new LargeAttachmentHandler();
  const middleware = {
    async execute(url, given, requestOptions) {
      const bytes = given.body instanceof ArrayBuffer || ArrayBuffer.isView(given.body);
      const body = bytes ? new TextDecoder().decode(given.body) : given.body;
      const context = { request: url, options: { ...given, body, requestOptions }, given };
      await handler.execute(context);
      return context.response;
    },
  };
  handler.setNext({
    execute: async (context) => {
      const { requestOptions, ...own } = context.options;
      context.response = context.given
        ? await middleware.next.execute(context.request, context.given, requestOptions)
        : await middleware.next.execute(context.request, own, { ...requestOptions, ...once });
    },
  });
  return middleware;
}
