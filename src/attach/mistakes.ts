import type { Context } from "@microsoft/microsoft-graph-client";
import { UploadError } from "../errors.js";
import { mistakeIn } from "../files/base64.js";
import { withWords } from "../http/refusal.js";
import { REQUEST_LIMIT } from "../settings.js";
import { refused } from "./answer.js";
import { refusalIn } from "./intercept.js";

/** Throws an `UploadError` for a request that can never have been meant as it is. Bodies with a file are checked when they are opened. */
export function mustBeMeant({ options }: Context): void {
  const body: unknown = options?.body;
  const tooLong = typeof body === "string" && body.length > REQUEST_LIMIT;
  const mistake = tooLong ? mistakeIn(body) : undefined;
  if (mistake !== undefined) throw new UploadError("invalid", mistake);
}

/** Adds the reason to a refusal of a body whose `contentBytes` is not base64. Other responses pass as they are. */
export async function explainMistake(context: Context): Promise<void> {
  const { response, options } = context;
  const body: unknown = options?.body;
  if (typeof body !== "string" || !response || ![400, 413].includes(response.status)) return;
  const mistake = mistakeIn(body);
  const refusal = mistake === undefined ? undefined : await refusalIn(response);
  if (mistake !== undefined && refusal) context.response = refused(withWords(refusal, mistake));
}
