import { Readable } from "node:stream";
import { hold, letGo } from "../../src/files/hold.js";
import { openSource } from "../../src/files/open.js";

const soon = () => new Promise((resolve) => setTimeout(resolve, 20));

// A page or a server loads the upload code with its first attachment. A stream may fail in the meantime.
test("a Node stream that fails before it is opened does not end the process, and the read reports its error", async () => {
  const broken = new Error("disk gone");
  const stream = new Readable({ read: () => {} });
  hold(stream);
  stream.destroy(broken);
  await soon();
  await expect(openSource(stream, 10).read(0, 10)).rejects.toMatchObject({ code: "source", cause: broken });
});

test("a Node stream that is held again and read to its end is left without what held it", async () => {
  const stream = Readable.from([Buffer.from("0123456789")]);
  hold(stream);
  hold(stream);
  const held = stream.listeners("error");
  expect(held).toHaveLength(1);
  const content = openSource(stream, 10);
  expect(Buffer.from(await content.read(0, 10)).toString()).toBe("0123456789");
  expect(stream.listeners("error")).not.toContain(held[0]);
});

test("letting go ends every kind of stream, once, and leaves what somebody reads and what is no stream", async () => {
  const node = new Readable({ read: () => {} });
  letGo(node);
  let cancelled = 0;
  const web = () => new ReadableStream({ cancel: () => void (cancelled += 1) });
  letGo(web());
  letGo(new Response(web()));
  const read = web();
  read.getReader();
  letGo(read);
  let returned = 0;
  letGo({
    [Symbol.asyncIterator]: () => ({ next: async () => ({ done: true }), return: async () => void (returned += 1) }),
  });
  const failing = { [Symbol.asyncIterator]: () => ({ return: () => Promise.reject(new Error("no")) }) };
  for (const one of [
    failing,
    null,
    5,
    "text",
    new Blob(["x"]),
    { size: 1, slice: () => {}, cancel: () => (cancelled += 1) },
  ])
    letGo(one);
  await soon();
  expect({ destroyed: node.destroyed, cancelled, returned }).toEqual({ destroyed: true, cancelled: 2, returned: 1 });
});
