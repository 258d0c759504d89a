import type { Context } from "@microsoft/microsoft-graph-client";
import type { Content } from "../../src/file.js";
import { openBase64 } from "../../src/files/base64.js";
import { StreamContent } from "../../src/files/stream.js";
import { Service } from "../../src/http/service.js";
import { Traffic } from "../../src/http/traffic.js";
import type { UploadOptions } from "../../src/options.js";
import { resolveOptions } from "../../src/settings.js";
import { outlook } from "../../src/protocols/outlook.js";
import { RangeReader } from "../../src/upload/rangeReader.js";
import { Upload } from "../../src/upload/upload.js";
import { bytesSent, chain, count, sessionOf, thrownBy } from "../support/fakes";

const file = count(200);

/** Content that fills its memory again. */
const kinds: Record<string, (size?: number) => Content> = {
  "a stream": (size = file.length) => {
    async function* chunks() {
      for (let at = 0; at < size; at += 7) yield file.slice(at, Math.min(at + 7, size));
    }
    return new StreamContent(chunks(), size);
  },
  base64: (size) => openBase64(Buffer.from(file.subarray(0, size)).toString("base64"))!,
};

/** A file, and the memory of every read from it. */
function recorded(content: Content) {
  const given: Uint8Array[] = [];
  const read = content.read.bind(content);
  content.read = async (start, end) => {
    const bytes = await read(start, end);
    given.push(bytes);
    return bytes;
  };
  return { content, given, buffers: () => new Set(given.map(({ buffer }) => buffer)) };
}

describe.each(Object.keys(kinds))("the memory of %s", (kind) => {
  const open = (size?: number) => recorded(kinds[kind]!(size));

  test("is filled again once it was released, with the next bytes", async () => {
    const { content, buffers } = open();
    for (let at = 0; at < 192; at += 48) {
      const bytes = await content.read(at, at + 48);
      expect(bytes).toEqual(file.subarray(at, at + 48));
      content.release!(bytes);
    }
    expect(buffers().size).toBe(1);
  });

  test("is filled in part by the last range, which is shorter", async () => {
    const { content, buffers } = open(120);
    content.release!(await content.read(0, 48));
    content.release!(await content.read(48, 96));
    expect(await content.read(96, 120)).toEqual(file.subarray(96, 120));
    expect(buffers().size).toBe(1);
  });

  test("stays as it is until it is released, and is then filled by one read only", async () => {
    const { content } = open();
    const [one, two] = [await content.read(0, 50), await content.read(50, 100)];
    content.release!(one);
    const [three, four] = [await content.read(100, 150), await content.read(150, 200)];
    expect([three.buffer === one.buffer, four.buffer === one.buffer, four.buffer === two.buffer]).toEqual([true, false, false]); // prettier-ignore
    expect([two, three, four]).toEqual([50, 100, 150].map((at) => file.subarray(at, at + 50)));
  });

  test("is not used for a read that does not fit into it", async () => {
    const { content, buffers } = open();
    content.release!(await content.read(0, 20));
    expect(await content.read(20, 100)).toEqual(file.subarray(20, 100));
    expect(buffers().size).toBe(2);
  });

  test("is two blocks for any length: one that is sent, and one that is read ahead", async () => {
    const { content, given, buffers } = open();
    const reader = new RangeReader(content, 10);
    for (let at = 0; at < 200; at += 10) {
      const block = await reader.read(at);
      await new Promise((resolve) => setTimeout(resolve, 2)); // the next one has been read ahead
      expect(block).toEqual(file.subarray(at, at + 10));
      const ahead = given.at(-1)!;
      expect(ahead.buffer === block.buffer).toBe(at === 190);
    }
    expect([given.length, buffers().size]).toEqual([20, 2]);
  });
});

describe.each(Object.keys(kinds))(
  "a range of %s that the transport may still be reading is never overwritten",
  (kind) => {
    type Put = { readonly start: number; readonly end: number; readonly body: unknown };

    /** An Outlook session over the transport, in which some PUTs, counted from 0, fail. */
    function uploading(fate: (put: number) => unknown, options: UploadOptions = {}) {
      let offset = 0;
      const puts: Put[] = [];
      const answer = async ({ options: sent }: Context) => {
        const { method, headers, body } = sent as RequestInit;
        const range = /(\d+)-(\d+)/.exec((headers as Record<string, string>)["Content-Range"] ?? "");
        if (method === "PUT") {
          const [start, end] = [Number(range![1]), Number(range![2]) + 1];
          puts.push({ start, end, body });
          const given = fate(puts.length - 1);
          if (given !== undefined) return given;
          expect(await bytesSent(body)).toEqual(Buffer.from(file.subarray(start, end)));
          expect(start).toBe(offset);
          offset = end;
        }
        if (offset < file.length) return Response.json({ nextExpectedRanges: [`${offset}-`] });
        return new Response(null, { status: 201, headers: { Location: "https://x.test/Attachments('new=')" } });
      };
      const { send } = chain({ options: {} }, answer);
      const { content, given, buffers } = recorded(kinds[kind]!());
      const settings = resolveOptions({ delay: 0, retries: 5, rangeSize: 10, timeout: 200 }, options);
      const service = new Service(outlook.api, send, settings, new Traffic(), "");
      const session = sessionOf({ file: { name: "flower", size: file.length } });
      const job = { service, protocol: outlook, collection: session.collection, file: session.file, content };
      return { upload: new Upload(job, session), service, puts, given, buffers };
    }

    /** Reads what a slow transport has not read before the end of the upload. */
    async function readLate(puts: readonly Put[]): Promise<void> {
      for (const { start, end, body } of puts)
        expect(await bytesSent(body)).toEqual(Buffer.from(file.subarray(start, end)));
    }

    test.each<[string, number[], () => unknown]>([
      ["after a timeout", [3], () => new Promise(() => {})],
      ["after several timeouts", [0, 3, 4, 9], () => new Promise(() => {})],
      ["after a lost connection", [3, 7], () => Promise.reject(new TypeError("fetch failed"))],
      ["after the service answered before it had all bytes", [3, 7], () => new Response("", { status: 503 })],
    ])("%s", async (_, late, fate) => {
      const { upload, puts, given, buffers } = uploading((put) => (late.includes(put) ? fate() : undefined));
      expect(await upload.run()).toMatchObject({ attachment: { id: "new=" } });
      await readLate(late.map((put) => puts[put]!));
      expect(puts).toHaveLength(20 + late.length);
      expect(buffers().size).toBeLessThan(given.length); // others were filled again
    });

    test("after the caller has stopped and resumed", async () => {
      const controller = new AbortController();
      const hangs = () => {
        controller.abort("stop");
        return new Promise(() => {});
      };
      const { upload, service, puts } = uploading((put) => (put === 3 ? hangs() : undefined), {
        signal: controller.signal,
      });
      expect(await thrownBy(upload.run())).toBe("stop");
      await upload.run(service.with({ signal: undefined }), true);
      await readLate([puts[3]!]);
    });
  },
);
