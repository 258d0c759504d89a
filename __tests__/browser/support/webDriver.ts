/** A WebDriver session, as far as these tests need one. */
export class WebDriver {
  private constructor(
    private readonly base: string,
    private readonly session: string,
  ) {}

  static async start(base: string, capabilities: object): Promise<WebDriver> {
    const asked = { capabilities: { alwaysMatch: capabilities } };
    const { sessionId } = await send<{ sessionId: string }>("POST", `${base}/session`, asked);
    return new WebDriver(base, `/session/${sessionId}`);
  }

  /** One command; `path` begins after the session. */
  ask<T>(method: "GET" | "POST" | "DELETE", path: string, body?: object): Promise<T> {
    return send<T>(method, this.base + this.session + path, body);
  }
}

async function send<T>(method: string, url: string, body?: object): Promise<T> {
  const response = await fetch(url, { method, body: body && JSON.stringify(body) });
  const { value } = (await response.json()) as { value: T & { error?: string; message?: string } };
  if (!response.ok) throw new Error(`${method} ${new URL(url).pathname}: ${value.error}: ${value.message}`);
  return value;
}
