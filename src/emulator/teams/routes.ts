import { router, type Route } from "../router.js";

/** A path to a chat or channel. Its keys: the `id` of the chat or channel (none for a primary channel), `team` for a channel, and `message`. */
export type TeamsRoute = Route<"teams", TeamsTarget>;
type TeamsTarget =
  "chats" | "softDelete" | "place" | "members" | "messages" | "message" | "replies" | "replyWithQuote" | "filesFolder";

const chat = "[/me|/users/{user}]/chats/{id}";
const channel = "/teams/{team}(/primaryChannel|/channels/{id})";
const place = `(${chat}|${channel})`;

/** Reads the Graph path of a chat or channel. Undefined for every other path. */
export const readTeamsPath = router<"teams", TeamsTarget>("teams", [
  ["[/me|/users/{user}]/chats", "chats", { GET: "list" }],
  [place, "place", { GET: "item" }],
  [`${chat}/members`, "members", { GET: "list" }],
  [`${channel}/filesFolder`, "filesFolder", { GET: "item" }],
  [`${place}/messages`, "messages", { GET: "list", POST: "chat" }],
  [`${chat}/messages/replyWithQuote`, "replyWithQuote", { POST: "chat" }],
  [`${place}/messages/{message}`, "message", { GET: "item" }],
  [`${chat}/messages/{message}/softDelete`, "softDelete", { POST: "item" }],
  [`${channel}/messages/{message}/replies`, "replies", { GET: "list", POST: "chat" }],
]);
