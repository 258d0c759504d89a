import { startBench, type Bench } from "./support";

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.emulator.close());

const page = "https://page.example";

describe.each(["drive", "print"] as const)("the upload host of %s in a browser", (host) => {
  const url = () => `${bench.emulator[`${host}Url`]}anything`;
  const preflight = async (method: string, headers: string) => {
    const asked = { origin: page, "access-control-request-method": method, "access-control-request-headers": headers };
    const response = await bench.send(url(), { method: "OPTIONS", headers: asked });
    return [response.headers.get("access-control-allow-origin"), response.headers.get("access-control-allow-headers")];
  };

  test("allows a range with its two headers", async () => {
    expect(await preflight("PUT", "content-range,content-type")).toEqual([page, "content-type, content-range"]);
    expect(await preflight("DELETE", "")).toEqual([page, "content-type, content-range"]);
  });

  test.each(["sdkversion", "authorization", "client-request-id"])("allows nothing with %s", async (header) => {
    expect(await preflight("PUT", `content-range, ${header}`)).toEqual([null, null]);
  });

  test("is an origin that no client sends its token to", () => {
    const { clientOptions, graphUrl } = bench.emulator;
    expect(new URL(url()).origin).not.toBe(new URL(graphUrl).origin);
    expect(clientOptions.customHosts).not.toContain(new URL(url()).hostname);
  });
});
