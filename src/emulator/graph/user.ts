import type { Reply } from "../api.js";
import type { Call } from "../call.js";
import { userId, userName } from "../items/store.js";
import { json, methodNotAllowed } from "../replies.js";
import { router, type Route } from "../router.js";

/** The path of the signed-in user. */
export type UserRoute = Route<"user", "user">;
export const readUserPath = router<"user", "user">("user", [["/me", "user", { GET: "item" }]]);

/** Answers GET `/me` (documented). */
export function answerUser({ head }: Call): Reply {
  if (head.method !== "GET") return methodNotAllowed();
  return json(200, { id: userId, displayName: "Megan Bowen", mail: userName, userPrincipalName: userName });
}
