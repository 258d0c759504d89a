import { router, type Route } from "../router.js";

/** A path to a chat or channel. Its keys: the `id` of the chat or channel (none for a primary channel), `team` for a channel, and `message`. */
export type TeamsRoute = Route<"teams", TeamsTarget>;
type TeamsTarget = "place" | "members" | "messages" | "message" | "replies" | "replyWithQuote" | "filesFolder";

const chat = "[/me|/users/{user}]/chats/{id}";
const channel = "/teams/{team}(/primaryChannel|/channels/{id})";
const place = `(${chat}|${channel})`;

/** Reads the Graph path of a chat or channel. Undefined for every other path. */
export const readTeamsPath = router<"teams", TeamsTarget>("teams", [
  [place, "place", { GET: "item" }],
  [`${chat}/members`, "members", { GET: "list" }],
  [`${channel}/filesFolder`, "filesFolder", { GET: "item" }],
  [`${place}/messages`, "messages", { GET: "list", POST: "chat" }],
  [`${chat}/messages/replyWithQuote`, "replyWithQuote", { POST: "chat" }],
  [`${place}/messages/{message}`, "message", { GET: "item" }],
  [`${channel}/messages/{message}/replies`, "replies", { GET: "list", POST: "chat" }],
]);
