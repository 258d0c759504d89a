import type { Reply } from "../api.js";
import type { GraphCall } from "../call.js";
import type { Context } from "../context.js";
import { guidOf } from "../ids.js";
import { displayName, userId, userName } from "../items/store.js";
import { json, methodNotAllowed } from "../replies.js";
import { router, type Route } from "../router.js";
import { select } from "./select.js";

export type UserRoute = Route<"user", "user">;

/** Reads `/me` and `/users/{id}`. */
export const readUserPath = router<"user", "user">("user", [["(/me|/users/{user})", "user", { GET: "item" }]]);

/** Answers GET on a user. Everybody whom a path names exists, as their drives and mailboxes do. */
export function answerUser({ graphUrl }: Context, call: GraphCall<UserRoute>): Reply {
  if (call.head.method !== "GET") return methodNotAllowed();
  const { user = userId } = call.route.keys;
  const me = [userId, userName].includes(user.toLowerCase());
  const mail = me ? userName : user.includes("@") ? user : `${user}@contoso.example`;
  const whole = {
    id: me ? userId : user.includes("@") ? guidOf(`user ${user}`) : user,
    displayName: me ? displayName : mail.replace(/@.*$/, ""),
    ...{ mail, userPrincipalName: mail, businessPhones: [], jobTitle: null },
  };
  const metadata = `${graphUrl}${call.route.version}/$metadata#users/$entity`;
  return json(200, { "@odata.context": metadata, ...select(call, whole) });
}
