import { once } from "node:events";
import { Agent, type IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { networkFailure } from "../../src/http/network.js";
import { rangeFetch, type RangeFetch, type RangeFetchOptions } from "../../src/node/index.js";
import { count } from "../support/fakes";
import { certificate, closeAll, httpService, httpsService, listening, rawService } from "./support";
import { createServer } from "node:net";

const senders: RangeFetch[] = [];
function sender(options: RangeFetchOptions = { proxy: false }): RangeFetch {
  const made = rangeFetch(options);
  senders.push(made);
  return made;
}
afterEach(() => {
  for (const one of senders.splice(0)) one.close();
  closeAll();
});

let pair: { key: string; cert: string };
beforeAll(async () => void (pair = await certificate()));

const large = count(9_000_000, 3);
const put = (body: BodyInit, more: RequestInit = {}): RequestInit => ({ method: "PUT", body, ...more });
const failed = (work: Promise<Response>) =>
  work.then(
    () => {
      throw new Error("It did not fail.");
    },
    (error: unknown) => error,
  );
const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";

test.each(["http", "https"])(
  "a range arrives whole over %s, with its length, as part of a larger buffer",
  async (scheme) => {
    const seen: { request: IncomingMessage; body: Buffer }[] = [];
    const answer = async (request: IncomingMessage, response: { end(text: string): unknown }) => {
      seen.push({ request, body: await buffer(request) });
      response.end('{"nextExpectedRanges":["7-"]}');
    };
    const origin = await (scheme === "http" ? httpService(answer) : httpsService(pair, answer));
    const send = sender({ proxy: false, ca: pair.cert });
    const range = large.subarray(1_000, 5_000_001);
    const headers = { "Content-Range": "bytes 0-1/2", "Content-Type": "application/octet-stream" };
    const response = await send(`${origin}/up?tempauth=secret`, put(range, { headers, redirect: "manual" }));
    expect([response.status, response.statusText, response.ok]).toEqual([200, "OK", true]);
    expect(await response.json()).toEqual({ nextExpectedRanges: ["7-"] });
    const { request, body } = seen[0]!;
    expect(body.equals(range)).toBe(true);
    expect([request.method, request.url]).toEqual(["PUT", "/up?tempauth=secret"]);
    expect(request.headers).toMatchObject({
      "content-length": String(range.length),
      "content-range": "bytes 0-1/2",
      "content-type": "application/octet-stream",
    });
    expect(request.headers).not.toHaveProperty("transfer-encoding");
    expect(request.headers).not.toHaveProperty("expect");
    expect(request.headers).not.toHaveProperty("authorization");
  },
);

test("ranges one after another travel on one connection", async () => {
  const sockets = new Set<Socket>();
  const origin = await httpService(async (request, response) => {
    sockets.add(request.socket);
    await buffer(request);
    response.end("{}");
  });
  const send = sender();
  for (let times = 0; times < 20; times++) await (await send(origin, put(large.subarray(0, 300_000)))).text();
  expect(sockets.size).toBe(1);
});

test("a proxy that inspects traffic is trusted by its certificate, next to what Node trusts, and nothing else is", async () => {
  const origin = await httpsService(pair, (_, response) => void response.end("{}"));
  expect((await sender({ proxy: false, ca: [pair.cert] })(origin)).status).toBe(200);
  const error = await failed(sender()(origin));
  expect(networkFailure(error)).toMatchObject({ unsent: true, untrusted: true });
});

test.each<[string, unknown, string]>([
  ["text", "{}", "{}"],
  ["an ArrayBuffer", new Uint8Array([65, 66]).buffer, "AB"],
  ["a view of 16-bit numbers", new Uint16Array([0x4241, 0x4443]).subarray(1), "CD"],
  ["a Blob", new Blob(["abc"]), "abc"],
  ["form fields", new URLSearchParams({ a: "1" }), "a=1"],
  ["a stream", new Blob(["abc"]).stream(), "abc"],
  ["nothing", undefined, ""],
])("a body that is %s is sent as fetch would", async (_, body, text) => {
  const seen: [string, string | undefined][] = [];
  const origin = await httpService(async (request, response) => {
    seen.push([String(await buffer(request)), request.headers["content-length"]]);
    response.end();
  });
  await sender()(origin, put(body as BodyInit));
  expect(seen).toEqual([[text, String(text.length)]]);
});

test("a Request is taken with its method, headers, body and signal", async () => {
  const seen: unknown[] = [];
  const origin = await httpService(async (request, response) => {
    seen.push([request.method, request.headers["content-range"], String(await buffer(request))]);
    response.end();
  });
  const controller = new AbortController();
  const request = new Request(origin, put("abc", { headers: { "Content-Range": "x" }, signal: controller.signal }));
  await sender()(request);
  expect(seen).toEqual([["PUT", "x", "abc"]]);
  controller.abort(new Error("stop"));
  await expect(sender()(request)).rejects.toThrow("stop");
});

test.each([204, 205, 304])(
  "a response of status %d has no body, and its connection serves the next range",
  async (status) => {
    const sockets = new Set<Socket>();
    const origin = await httpService((request, response) => {
      sockets.add(request.socket);
      response.writeHead(status).end();
    });
    const send = sender();
    for (let times = 0; times < 3; times++) {
      const response = await send(origin);
      expect([response.status, response.body, await response.text()]).toEqual([status, null, ""]);
    }
    expect(sockets.size).toBe(1);
  },
);

test("redirects are handed back, never followed", async () => {
  let asked = 0;
  const origin = await httpService((_, response) => {
    asked++;
    response.writeHead(307, { Location: "/elsewhere" }).end();
  });
  for (const redirect of ["manual", "follow", undefined] as const) {
    const response = await sender()(origin, { redirect });
    expect([response.status, response.headers.get("Location")]).toEqual([307, "/elsewhere"]);
  }
  await expect(sender()(origin, { redirect: "error" })).rejects.toThrow(TypeError);
  expect(asked).toBe(4);
});

test("a response that was compressed although nobody asked is read", async () => {
  const origin = await httpService(({ headers }, response) => {
    expect(headers["accept-encoding"]).toBe("identity");
    response.writeHead(200, { "Content-Encoding": "gzip" }).end(gzipSync('{"a":1}'));
  });
  expect(await (await sender()(origin)).json()).toEqual({ a: 1 });
});

test("headers that come twice are all there", async () => {
  const origin = await httpService((_, response) => {
    response.writeHead(200, ["Set-Cookie", "a", "Set-Cookie", "b", "X-A", "1", "X-A", "2"]).end();
  });
  const { headers } = await sender()(origin);
  expect([headers.getSetCookie(), headers.get("x-a")]).toEqual([["a", "b"], "1, 2"]);
});

describe("early answers", () => {
  test.each([401, 413])(
    "a %d that comes before the range has left is read, also if the connection is reset then",
    async (status) => {
      const body = '{"error":{"code":"early"}}';
      const origin = await rawService((socket) => {
        socket.once("data", () => {
          socket.write(`HTTP/1.1 ${status} No\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
          setTimeout(() => socket.resetAndDestroy(), 50);
        });
      });
      const response = await sender()(origin, put(large));
      expect([response.status, await response.json()]).toEqual([status, { error: { code: "early" } }]);
    },
  );

  test("the rest of a range that was refused is not sent, and the next request takes another connection", async () => {
    const received: number[] = [];
    const origin = await rawService((socket, connection) => {
      received[connection] = 0;
      socket.on("data", (chunk: Buffer) => void (received[connection]! += chunk.length));
      socket.once("data", () => {
        socket.write(`HTTP/1.1 413 No\r\nContent-Length: 0\r\n\r\n`);
        if (connection === 1) socket.pause();
      });
    });
    const send = sender();
    expect((await send(origin, put(large))).status).toBe(413);
    expect((await send(origin, put("a"))).status).toBe(413);
    expect(received[1]).toBeLessThan(large.length);
    expect(received).toHaveLength(3);
  });
});

describe("aborts", () => {
  const reason = new Error("the user stopped");

  test("an aborted signal stops a request before anything is sent", async () => {
    let asked = 0;
    const origin = await httpService(() => void asked++);
    await expect(sender()(origin, put("a", { signal: AbortSignal.abort(reason) }))).rejects.toBe(reason);
    expect(asked).toBe(0);
  });

  test("an abort while the range is being sent ends the connection", async () => {
    const controller = new AbortController();
    const closed = new Promise<void>((resolve) => {
      void rawService((socket) => {
        socket.once("data", () => {
          socket.pause();
          controller.abort(reason);
          socket.resume().once("close", () => resolve());
        });
      }).then((origin) => void failed(sender()(origin, put(large, { signal: controller.signal }))));
    });
    await closed;
  });

  test("an abort while the answer is waited for rejects with its reason", async () => {
    const controller = new AbortController();
    const origin = await httpService(async (request) => {
      await buffer(request);
      controller.abort(reason);
    });
    await expect(sender()(origin, put("a", { signal: controller.signal }))).rejects.toBe(reason);
  });

  test("an abort while the answer is read rejects the reading with its reason", async () => {
    const controller = new AbortController();
    const origin = await httpService((_, response) => {
      response.writeHead(200, { "Content-Length": 10 });
      response.write("{");
    });
    const response = await sender()(origin, { signal: controller.signal });
    const text = response.text();
    controller.abort(reason);
    await expect(text).rejects.toBe(reason);
  });

  test("a signal that serves many ranges keeps no listener of them, and nobody warns", async () => {
    const warnings: unknown[] = [];
    const warn = (warning: unknown) => void warnings.push(warning);
    process.on("warning", warn);
    try {
      const origin = await httpService(async (request, response) => {
        await buffer(request);
        response.end("{}");
      });
      const { signal } = new AbortController();
      let listeners = 0;
      const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)];
      signal.addEventListener = (...given: Parameters<typeof add>) => (listeners++, add(...given));
      signal.removeEventListener = (...given: Parameters<typeof remove>) => (listeners--, remove(...given));
      const send = sender();
      for (let times = 0; times < 30; times++) await (await send(origin, put("abc", { signal }))).text();
      await new Promise((resolve) => setImmediate(resolve));
      expect([listeners, warnings]).toEqual([0, []]);
    } finally {
      process.off("warning", warn);
    }
  });
});

describe("failures", () => {
  test("a refused connection and an unknown host are unsent", async () => {
    const server = createServer();
    const origin = await listening(server, "http");
    await new Promise((resolve) => server.close(resolve));
    for (const url of [origin, origin.replace("http", "https"), "http://nobody.invalid/"])
      expect(networkFailure(await failed(sender()(url, put("a"))))).toMatchObject({ unsent: true });
  });

  test("a server that does not speak TLS is unsent, and so is one with a foreign certificate", async () => {
    const plain = (await httpService(() => {})).replace("http", "https");
    expect(networkFailure(await failed(sender()(plain, put("a"))))).toMatchObject({ unsent: true });
  });

  test("a reset after the whole range was sent is unheard: the service may have it", async () => {
    const origin = await httpService(async (request) => {
      await buffer(request);
      request.socket.resetAndDestroy();
    });
    const error = await failed(sender()(origin, put("abc")));
    expect(error).toBeInstanceOf(TypeError);
    expect(networkFailure(error)).toMatchObject({ unsent: false, code: "ECONNRESET" });
  });

  test("a reset in the middle of a range, and words that are not HTTP, are unheard", async () => {
    const answers = [
      (socket: Socket) => void socket.once("data", () => socket.resetAndDestroy()),
      (socket: Socket) =>
        void socket.once("data", () => socket.end("SMTP ready https://x.test/?tempauth=SECRET\r\n\r\n")),
      (socket: Socket) => void socket.once("data", () => socket.end("HTTP/1.1 999 What\r\nContent-Length: 0\r\n\r\n")),
    ];
    for (const answer of answers) {
      const error = await failed(sender()(await rawService(answer), put(large)));
      expect(networkFailure(error)).toMatchObject({ unsent: false });
      expect(JSON.stringify([error, (error as Error).cause, (error as Error).stack])).not.toContain("SECRET");
    }
  });

  test("an answer that is cut off still tells its status, and its text cannot be read", async () => {
    const origin = await rawService((socket) => {
      socket.once("data", () => socket.end('HTTP/1.1 201 Created\r\nContent-Length: 50\r\n\r\n{"id"'));
    });
    const response = await sender()(origin, put("abc"));
    expect(response.status).toBe(201);
    expect(networkFailure(await failed(response.text() as never))).toMatchObject({ unsent: false });
  });

  test("no error names the upload URL", async () => {
    const send = sender();
    const secret = "tempauth=SECRET";
    const origin = await rawService((socket) => void socket.once("data", () => socket.destroy()));
    const errors = [
      await failed(send(`${origin}/?${secret}`, put("a"))),
      await failed(send(`https://user:SECRET@a.test/?${secret}`)),
      await failed(send(`nonsense ${secret}`)),
      await failed(send(`ftp://a.test/?${secret}`)),
      await failed(send(`http://nobody.invalid/?${secret}`)),
    ];
    const { inspect } = await import("node:util");
    for (const error of errors) expect(inspect(error, { depth: 5, showHidden: true })).not.toContain("SECRET");
  });
});

describe("kept connections", () => {
  /** Answers one request on each connection, and closes it as soon as more comes, without having read it. */
  const closing = () => {
    const connections: number[] = [];
    const origin = rawService((socket, connection) => {
      let received = 0;
      let answered = false;
      connections.push(connection);
      socket.on("data", (chunk: Buffer) => {
        if (answered) return void socket.resetAndDestroy();
        received += chunk.length;
        const head = chunk.includes("\r\n\r\n");
        const length = /content-length: (\d+)/i.exec(String(chunk))?.[1];
        if (head && length !== undefined) received = chunk.length - chunk.indexOf("\r\n\r\n") - 4 - Number(length);
        else if (head) received = 0;
        if (received < 0) return;
        answered = true;
        socket.write(OK);
      });
    });
    return { origin, connections };
  };

  test("one that the service closes as the next range comes costs no range: it is sent on a new connection", async () => {
    const { origin, connections } = closing();
    const send = sender();
    const url = await origin;
    for (let times = 0; times < 3; times++) {
      const response = await send(url, put(large));
      expect([response.status, await response.text()]).toEqual([200, "{}"]);
    }
    expect(connections).toEqual([1, 2, 3]);
  });

  test("one that was closed under a question is replaced too, for it can be asked again", async () => {
    const { origin, connections } = closing();
    const send = sender();
    const url = await origin;
    for (let times = 0; times < 2; times++) expect(await (await send(url)).text()).toBe("{}");
    expect(connections).toEqual([1, 2]);
  });

  test("a small request that left as a whole is not repeated: the service may have done it", async () => {
    const { origin, connections } = closing();
    const send = sender();
    const url = await origin;
    await (await send(url, { method: "POST", body: "a" })).text();
    expect(networkFailure(await failed(send(url, { method: "POST", body: "a" })))).toMatchObject({ unsent: false });
    expect(connections).toEqual([1]);
  });

  test("close() ends the idle ones", async () => {
    const sockets: Socket[] = [];
    const origin = await httpService((request, response) => {
      sockets.push(request.socket);
      response.end("{}");
    });
    const send = sender();
    await (await send(origin)).text();
    const closed = once(sockets[0]!, "close");
    send.close();
    await closed;
    expect(await (await send(origin)).text()).toBe("{}"); // and a later request opens a new one
  });
});

test("an agent of the caller is used, and close() leaves it alone", async () => {
  const origin = await httpService((_, response) => void response.end("{}"));
  const agent = new Agent({ keepAlive: true });
  const send = sender({ agent });
  await (await send(origin)).text();
  await new Promise((resolve) => setImmediate(resolve));
  send.close();
  expect(Object.keys(agent.freeSockets)).toHaveLength(1);
  agent.destroy();
});

test("a misspelt option and a proxy that is none are refused with what helps, and without the address", () => {
  expect(() => rangeFetch({ prxy: "a" } as RangeFetchOptions)).toThrow(/no option prxy/);
  const wrong = () => rangeFetch({ proxy: "socks5://user:SECRET@proxy:1080" });
  expect(wrong).toThrow(expect.objectContaining({ code: "invalid", message: expect.stringMatching(/agent/) }));
  expect(wrong).toThrow(expect.objectContaining({ message: expect.not.stringContaining("SECRET") }));
});
