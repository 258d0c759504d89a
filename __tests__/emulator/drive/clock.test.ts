import { createService } from "../../../src/emulator/service";
import type { Variations } from "../../../src/emulator/index";

const minute = 60_000;
const unit = 327_680;

/** The service without sockets, on a clock of its own. */
function start(vary: Partial<Variations> = {}) {
  let now = Date.UTC(2026, 0, 1);
  const service = createService({ graphUrl: "https://g/", outlookUrl: "https://o/", now: () => now, vary });
  const headers = { authorization: `Bearer ${service.token}`, "content-type": "application/json" };
  const create = (): string => {
    const url = "https://g/v1.0/me/drive/root:/a.zip:/createUploadSession";
    const reply = service.handle({ origin: "graph", method: "POST", url, headers, body: Buffer.from("{}") });
    return (JSON.parse(reply.body.toString()) as { uploadUrl: string }).uploadUrl;
  };
  const put = (url: string, index: number): number => {
    const range = `bytes ${index * unit}-${index * unit + unit - 1}/${1000 * unit}`;
    const head = { "content-range": range, "content-length": String(unit) };
    return service.handle({ origin: "drive", method: "PUT", url, headers: head, body: Buffer.alloc(unit) }).status;
  };
  const status = (url: string) => {
    const reply = service.handle({ origin: "drive", method: "GET", url, headers: {}, body: Buffer.alloc(0) });
    return { status: reply.status, body: JSON.parse(reply.body.toString()) as Record<string, unknown> };
  };
  return { service, create, put, status, pass: (milliseconds: number) => void (now += milliseconds) };
}

test("each range extends a session, and without one it ends after 15 minutes", () => {
  const { create, put, status, pass } = start();
  const url = create();
  expect(url).toMatch(/^https:\/\/drive\//);
  for (const index of [0, 1, 2]) {
    pass(14 * minute);
    expect(put(url, index)).toBe(202);
  }
  expect(status(url).body.expirationDateTime).toBe("2026-01-01T00:57:00.0000000Z");
  pass(15 * minute);
  expect(status(url).status).toBe(404);
});

test("no range extends a session beyond 24 hours", () => {
  const { create, put, status, pass, service } = start();
  const url = create();
  for (let index = 0; index < 144; index++) {
    expect(put(url, index)).toBe(202);
    pass(10 * minute);
  }
  const { status: code, body } = status(url);
  expect(code).toBe(401);
  expect(body).toMatchObject({ error: { code: "unauthenticated", innerError: { code: "expiredToken" } } });
  expect(service.sessions[0]!.state).toBe("expired");
});

test("the end is fixed in that variation", () => {
  const { create, put, status, pass } = start({ driveExpiry: "fixed" });
  const url = create();
  pass(23 * 60 * minute);
  expect(put(url, 0)).toBe(202);
  expect(status(url).body.expirationDateTime).toBe("2026-01-02T00:00:00.0000000Z");
  pass(60 * minute);
  expect(put(url, 1)).toBe(401);
});

test("an expired session does not block the next one", () => {
  const { create, service, pass } = start();
  create();
  pass(16 * minute);
  create();
  expect(service.sessions.map(({ state }) => state)).toEqual(["expired", "open"]);
});
