import { openOutlook, openTodo, rangeOf, sampleBytes, startBench, type Bench } from "./support";

const page = "https://addin.contoso.example";
let bench: Bench;
beforeAll(async () => void (bench = await startBench()));
afterEach(() => bench.emulator.reset());
afterAll(() => bench.emulator.close());

/** Asks as a browser does before it sends a request of a page, and answers what is granted. */
async function preflight(url: string, method: string, headers = ""): Promise<Record<string, string | null>> {
  const asked = { origin: page, "access-control-request-method": method, "access-control-request-headers": headers };
  const response = await bench.send(url, { method: "OPTIONS", headers: asked });
  expect(response.status).toBe(200);
  return Object.fromEntries(
    ["origin", "methods", "headers"].map((name) => [name, response.headers.get(`access-control-allow-${name}`)]),
  );
}

const nothing = { origin: null, methods: null, headers: null };
const graphUrl = () => `${bench.emulator.graphUrl}v1.0/me/messages`;

describe("the Graph origin", () => {
  test("lets pages of any origin send any header", async () => {
    const headers = "authorization, client-request-id, content-type, prefer, sdkversion";
    expect(await preflight(graphUrl(), "POST", headers)).toMatchObject({ origin: "*", headers });
  });

  test("allows only the methods of its API", async () => {
    for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"]) {
      expect((await preflight(graphUrl(), method)).methods).toContain(method);
    }
    expect(await preflight(graphUrl(), "TRACE")).toEqual(nothing);
  });

  test("exposes the Location of a To Do upload and request ids, but not every header", async () => {
    const url = await openTodo(bench, bench.emulator.addTask(), 10);
    const authorization = `Bearer ${bench.emulator.token}`;
    const response = await bench.send(
      `${url}/content`,
      rangeOf(sampleBytes(10), 0, 10, { authorization, origin: page }),
    );
    expect([response.status, response.headers.get("access-control-allow-origin")]).toEqual([201, "*"]);
    const exposed = response.headers.get("access-control-expose-headers")!.split(", ");
    expect(exposed).toEqual(expect.arrayContaining(["Location", "Retry-After", "request-id"]));
    expect(exposed).not.toContain("Date");
  });

  test("lets pages read a refusal too", async () => {
    const response = await bench.send(graphUrl(), { headers: { origin: page } });
    expect([response.status, response.headers.get("access-control-allow-origin")]).toEqual([401, "*"]);
  });
});

describe("the Outlook upload host", () => {
  const open = () => openOutlook(bench, bench.emulator.addMessage(), { size: 10 });

  test("allows a range with its two headers and the methods of a session", async () => {
    const granted = {
      origin: page,
      methods: "PUT, GET, DELETE",
      headers: "content-type, content-range",
    };
    expect(await preflight(await open(), "PUT", "content-range,content-type")).toEqual(granted);
    expect(await preflight(await open(), "DELETE")).toEqual(granted);
  });

  test.each(["authorization", "sdkversion", "client-request-id", "x-retry"])(
    "allows nothing where %s is asked for as well, so that the browser sends nothing",
    async (header) => {
      expect(await preflight(await open(), "PUT", `content-range, ${header}`)).toEqual(nothing);
    },
  );

  test.each(["POST", "PATCH"])("allows nothing for %s", async (method) => {
    expect(await preflight(await open(), method, "content-type")).toEqual(nothing);
  });

  test("hides Location and Retry-After from pages, unless the variation exposes them", async () => {
    const put = async (): Promise<Headers> => {
      const response = await bench.send(await open(), rangeOf(sampleBytes(10), 0, 10, { origin: page }));
      expect(response.status).toBe(201);
      return response.headers;
    };
    const strict = await put();
    expect(strict.get("access-control-allow-origin")).toBe(page);
    expect(strict.get("access-control-expose-headers")).toBeNull();
    bench.emulator.vary({ corsExposeLocation: true });
    expect((await put()).get("access-control-expose-headers")).toBe("Location, Retry-After");
    bench.emulator.vary({ corsExposeLocation: false });
  });
});

test("Azure DevOps lets pages send only the headers that an upload needs", async () => {
  const url = `${bench.emulator.azureDevOps.organizationUrl}/_apis/wit/attachments?fileName=a`;
  const headers = "authorization, content-type, content-range, accept";
  expect(await preflight(url, "POST", headers)).toMatchObject({ origin: page, headers });
  expect(await preflight(url, "POST", "authorization, x-tfs-session")).toEqual(nothing);
});

test("pages can read the answer of a fault", async () => {
  bench.emulator.fault({ status: 503 });
  const response = await bench.send(graphUrl(), { headers: { origin: page } });
  expect([response.status, response.headers.get("access-control-allow-origin")]).toEqual([503, "*"]);
});

test("a preflight meets no fault, counts for no limit, and is logged as a preflight", async () => {
  const { emulator } = bench;
  emulator.vary({ mailboxRequests: 1 });
  emulator.fault({ status: 500 });
  await preflight(graphUrl(), "POST", "authorization");
  expect(emulator.unusedFaults()).toHaveLength(1);
  const { path } = emulator.addMessage();
  expect((await bench.graph("GET", path)).status).toBe(500);
  expect((await bench.graph("GET", path)).status).toBe(200);
  expect(emulator.requests.map(({ kind }) => kind)).toEqual(["preflight", "item", "item"]);
  emulator.vary({ mailboxRequests: 10000 });
});

test("the answer to a request without Origin has no CORS headers", async () => {
  const { headers } = await bench.graph("GET", bench.emulator.addMessage().path);
  expect([...headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
});

test("with CORS off, no origin sends CORS headers", async () => {
  bench.emulator.vary({ cors: "off" });
  const headers = { origin: page, "access-control-request-method": "GET" };
  for (const method of ["OPTIONS", "GET"]) {
    const response = await bench.send(graphUrl(), { method, headers });
    expect(response.headers.get("access-control-allow-origin")).toBeNull();
  }
  bench.emulator.vary({ cors: "strict" });
});
