/** Slices that are handed on unread: what is told of a file that cannot be read, and who gets any. */
import { openSource, type Content } from "../../src/files/open.js";
import { Upload } from "../../src/upload/upload.js";
import type { WireRequest } from "../../src/protocol.js";
import { count, created, cut, failure, sessionOf, talk, thrownBy, wants, type Answer } from "../support/fakes";

jest.mock("../../src/http/requestBody.js", () => ({
  ...jest.requireActual<object>("../../src/http/requestBody.js"),
  sendsSlices: true,
  waitsForLostFiles: true,
}));

const bytes = count(10);

/** A file on a disk from which it can vanish: its slices look as ever then. */
class Vanishing implements Content {
  readonly size = bytes.length;
  readonly anywhere = true;
  gone = false;
  readonly slice = (start: number, end: number) => new Blob([bytes.slice(start, end)]);
  close = () => {};

  async read(start: number, end: number): Promise<Uint8Array> {
    if (this.gone) throw new Error("NotReadableError");
    return bytes.slice(start, end);
  }
}

function uploading(...range: Answer[]) {
  const content = new Vanishing();
  const { service, requests, kinds } = talk({ range, status: [wants(0), wants(4)], cancel: [], list: [] });
  const session = sessionOf({ file: { name: "flower", size: 10 }, before: [] });
  const upload = new Upload({ service, content, collection: session.collection, file: session.file }, session);
  return { content, requests, kinds, upload };
}

const kindOf = ({ body }: WireRequest) => (body instanceof Blob ? "slice" : "bytes");

test("every range is a slice of its own bytes", async () => {
  const { upload, requests } = uploading(wants(4), wants(8), created());
  await upload.run();
  expect(requests.map(kindOf)).toEqual(["slice", "slice", "slice"]);
  const sent = await Promise.all(
    requests.map(async ({ body }) => [...new Uint8Array(await (body as Blob).arrayBuffer())]),
  );
  expect(sent).toEqual([[...bytes.slice(0, 4)], [...bytes.slice(4, 8)], [...bytes.slice(8)]]);
});

test("a part of a slice that was taken is gone on with where it ended", async () => {
  const { upload, requests } = uploading(wants(3), wants(7), created());
  await upload.run();
  expect(requests.map(({ headers }) => headers!["Content-Range"])).toEqual([
    "bytes 0-3/10",
    "bytes 3-6/10",
    "bytes 7-9/10",
  ]);
});

test("a file that is gone before a range is told before that is sent, for a browser may wait for it without end", async () => {
  const { upload, content, requests } = uploading(() => ((content.gone = true), wants(4)));
  expect(await thrownBy(upload.run())).toMatchObject({ message: "NotReadableError" });
  expect(requests).toHaveLength(1);
});

test.each<[string, Answer]>([
  ["a connection that is lost", cut()],
  ["a refusal of a body that is too short", failure(400, "invalidRequest")],
])("a file that goes while a range is sent is told as such, and not as %s", async (_, answer) => {
  const lost = typeof answer === "function" || "status" in answer;
  const { upload, content, requests } = uploading(() => {
    content.gone = true;
    if (!lost) throw answer as Error;
    return answer as never;
  });
  expect(await thrownBy(upload.run())).toMatchObject({ message: "NotReadableError" });
  expect(requests).toHaveLength(1);
});

test("ranges are bytes once one has failed, also where it was the service's fault", async () => {
  const { upload, requests } = uploading(failure(503, "busy"), wants(4), wants(8), created());
  await upload.run();
  expect(requests.filter(({ method }) => method === "PUT").map(kindOf)).toEqual(["slice", "bytes", "bytes", "bytes"]);
});

test("only a Blob of the browser's own is handed on, for fetch knows no other", () => {
  const own = openSource(new File(["abc"], "a")).content;
  const polyfill = { size: 3, arrayBuffer: async () => new ArrayBuffer(3), slice: () => polyfill };
  expect([typeof own.slice, openSource(polyfill).content.slice]).toEqual(["function", undefined]);
});

describe("slices are for", () => {
  const agents: [string, string, boolean][] = [
    ["Chrome", "Mozilla/5.0 (X11) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36", true],
    [
      "a Chrome without a window",
      "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/156.0 Safari/537.36",
      true,
    ],
    [
      "Edge, and WebView2 of Office",
      "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36 Edg/130.0",
      true,
    ],
    [
      "Firefox, which waits for files that are gone",
      "Mozilla/5.0 (Windows NT 10.0; rv:128.0) Gecko/20100101 Firefox/128.0",
      true,
    ],
    [
      "no Safari",
      "Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15",
      false,
    ],
    [
      "no Chrome of iOS, which is a WebKit",
      "Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/120.0 Mobile/15E148 Safari/604.1",
      false,
    ],
    [
      "no Firefox of iOS, which is one too",
      "Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/128.0 Mobile/15E148 Safari/605.1.15",
      false,
    ],
    ["no Node", "Node.js/22", false],
    ["no Deno", "Deno/2.1.0", false],
    ["no Bun", "Bun/1.2", false],
    ["no Cloudflare Worker", "Cloudflare-Workers", false],
  ];

  test.each(agents)("%s", async (agent, userAgent, are) => {
    const before = Object.getOwnPropertyDescriptor(globalThis, "navigator");
    Object.defineProperty(globalThis, "navigator", { value: { userAgent }, configurable: true });
    try {
      jest.resetModules();
      const { sendsSlices, waitsForLostFiles } = jest.requireActual<typeof import("../../src/http/requestBody.js")>(
        "../../src/http/requestBody.js",
      );
      expect(sendsSlices).toBe(are);
      expect(waitsForLostFiles).toBe(agent.startsWith("Firefox"));
    } finally {
      if (before) Object.defineProperty(globalThis, "navigator", before);
      else delete (globalThis as { navigator?: unknown }).navigator;
    }
  });
});
