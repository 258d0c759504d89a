import { text } from "node:stream/consumers";
import type { ServerResponse } from "node:http";
import type { Emulator } from "graph-large-attachments/emulator";
import type { Connect, Plugin } from "vite";
import { forward } from "./forward.js";
import { Mailbox } from "./mailbox.js";

const trimmed = (url: string) => url.replace(/\/$/, "");

/** Connects the pages of a sample to the emulator by paths of their own origin, and loads the stub's script first. */
export function emulatorPlugin(emulator: Emulator, stub: string): Plugin {
  const names = {
    [trimmed(emulator.graphUrl)]: "https://graph.microsoft.com",
    [trimmed(emulator.outlookUrl)]: "https://outlook.office.com",
  };
  const { ca } = emulator;
  const mailbox = new Mailbox(emulator);
  const answer: Connect.NextHandleFunction = async (request, response, next) => {
    const { method = "", url = "" } = request;
    const [path = "", search] = url.split("?");
    try {
      if (path === "/emulator/start") return json(response, mailbox.start(new URLSearchParams(search)));
      if (path.startsWith("/outlook/")) {
        return await forward(request, response, url.slice(8), { target: emulator.outlookUrl, ca, names });
      }
      if (!path.startsWith("/graph/")) return next();
      const own = await mailbox.answer(method, path, async () => JSON.parse(await text(request)));
      if (own) return json(response, own);
      await forward(request, response, url.slice(6), { target: emulator.graphUrl, ca, names });
    } catch (error) {
      next(error);
    }
  };
  return {
    name: "emulator",
    configureServer: ({ middlewares }) => void middlewares.use(answer),
    configurePreviewServer: ({ middlewares }) => void middlewares.use(answer),
    transformIndexHtml: {
      order: "pre",
      handler: (html) =>
        html
          .replace(/^.*appsforoffice.*\n/m, "")
          .replace("</head>", `  <script type="module" src="${stub}"></script>\n  </head>`),
    },
  };
}

function json(response: ServerResponse, value: unknown): void {
  response.setHeader("content-type", "application/json").end(JSON.stringify(value));
}
