import { parseJson } from "./json.js";
import type { Reply } from "./protocol.js";

/** A browser gives a redirect that it does not follow the status 0, and hides `Location`. */
const HIDDEN_REDIRECT = 302;

/** Reads a response. A body that was cut off counts as none; the status and headers of such a reply still count. */
export async function readReply(response: Response, text = response.text()): Promise<Reply> {
  const body = await text.then(parsed, () => undefined);
  return { status: response.status || HIDDEN_REDIRECT, headers: response.headers, body };
}

function parsed(text: string): unknown {
  return text === "" ? undefined : (parseJson(text) ?? text);
}
