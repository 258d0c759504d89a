/** Slices that are sent without reading them: errors of files that cannot be read, and the browsers that get slices. */
import type { Content } from "../../src/file.js";
import { openSource } from "../../src/files/open.js";
import type { WireRequest } from "../../src/protocol.js";
import { Upload } from "../../src/upload/upload.js";
import { count, created, cut, failure, sessionOf, talk, thrownBy, wants, type Answer } from "../support/fakes";

jest.mock("../../src/http/requestBody.js", () => ({
  ...jest.requireActual<object>("../../src/http/requestBody.js"),
  sendsSlices: true,
  waitsForLostFiles: true,
}));

const bytes = count(10);

/** A file that can vanish from its disk. Its slices look the same afterwards. */
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
  const { place, requests, kinds } = talk({ range, status: [wants(0), wants(4)], cancel: [], list: [] });
  const upload = new Upload({ ...place, content }, sessionOf({ before: [] }));
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

test("continues where the part of a slice that was taken ends", async () => {
  const { upload, requests } = uploading(wants(3), wants(7), created());
  await upload.run();
  expect(requests.map(({ headers }) => headers!["Content-Range"])).toEqual([
    "bytes 0-3/10",
    "bytes 3-6/10",
    "bytes 7-9/10",
  ]);
});

test("reports a file that is gone before its next range is sent, because a browser may wait for it without end", async () => {
  const { upload, content, requests } = uploading(() => ((content.gone = true), wants(4)));
  expect(await thrownBy(upload.run())).toMatchObject({ message: "NotReadableError" });
  expect(requests).toHaveLength(1);
});

test.each<[string, Answer]>([
  ["a lost connection", cut()],
  ["a refusal of a body that is too short", failure(400, "invalidRequest")],
])("reports a file that vanishes while a range is sent as such, and not as %s", async (_, answer) => {
  const lost = typeof answer === "function" || "status" in answer;
  const { upload, content, requests } = uploading(() => {
    content.gone = true;
    if (!lost) throw answer as Error;
    return answer as never;
  });
  expect(await thrownBy(upload.run())).toMatchObject({ message: "NotReadableError" });
  expect(requests).toHaveLength(1);
});

test("ranges are bytes once one has failed, even if the service was at fault", async () => {
  const { upload, requests } = uploading(failure(503, "busy"), wants(4), wants(8), created());
  await upload.run();
  expect(requests.filter(({ method }) => method === "PUT").map(kindOf)).toEqual(["slice", "bytes", "bytes", "bytes"]);
});

test("sends slices only of the browser's own Blobs, because fetch knows no others", () => {
  const own = openSource(new File(["abc"], "a"));
  const polyfill = { size: 3, arrayBuffer: async () => new ArrayBuffer(3), slice: () => polyfill };
  expect([typeof own.slice, openSource(polyfill).slice]).toEqual(["function", undefined]);
});

describe("slices are used in", () => {
  const agents: [string, string, boolean][] = [
    ["Chrome", "Mozilla/5.0 (X11) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36", true],
    ["headless Chrome", "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/156.0 Safari/537.36", true],
    [
      "Edge, and Office with WebView2",
      "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36 Edg/130.0",
      true,
    ],
    [
      "Firefox, which waits for deleted files",
      "Mozilla/5.0 (Windows NT 10.0; rv:128.0) Gecko/20100101 Firefox/128.0",
      true,
    ],
    [
      "not Safari",
      "Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15",
      false,
    ],
    [
      "not Chrome on iOS, which is WebKit",
      "Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/120.0 Mobile/15E148 Safari/604.1",
      false,
    ],
    [
      "not Firefox on iOS, which is WebKit too",
      "Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/128.0 Mobile/15E148 Safari/605.1.15",
      false,
    ],
    ["not Node", "Node.js/22", false],
    ["not Deno", "Deno/2.1.0", false],
    ["not Bun", "Bun/1.2", false],
    ["not Cloudflare Workers", "Cloudflare-Workers", false],
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
