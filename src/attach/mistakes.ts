import type { Context } from "@microsoft/microsoft-graph-client";
import { mistakeIn } from "../files/base64.js";
import { withWords } from "../http/refusal.js";
import { refused } from "./answer.js";
import { refusalIn } from "./intercept.js";

/** Adds the reason to a refusal of a body whose `contentBytes` is not base64. Other responses pass as they are. */
export async function explainMistake(context: Context): Promise<void> {
  const { response, options } = context;
  const body: unknown = options?.body;
  if (typeof body !== "string" || !response || ![400, 413].includes(response.status)) return;
  const mistake = mistakeIn(body);
  const refusal = mistake === undefined ? undefined : await refusalIn(response);
  if (mistake !== undefined && refusal) context.response = refused(withWords(refusal, mistake));
}
