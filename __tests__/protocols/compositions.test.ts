import { compositionFor } from "../../src/protocols/compositions.js";
import { resolveOptions } from "../../src/settings.js";
import { mayCompose } from "../../src/client/recognize.js";
import { item } from "../../src/protocols/graph/item.js";

const graph = "https://graph.microsoft.com/v1.0";

test.each([
  ["/me/sendMail", "/me/messages", "/me/messages"],
  ["/users/a@b.c/microsoft.graph.sendMail", "/users/a@b.c/messages", "/users/a@b.c/messages"],
  ["/users('a@b.c')/SENDMAIL/", "/users('a@b.c')/messages", "/users('a@b.c')/messages"],
  ["/me/messages", "/me/messages", "/me/messages"],
  [
    "/me/mailFolders/inbox/childFolders/x/messages",
    "/me/mailFolders/inbox/childFolders/x/messages",
    "/me/mailFolders/inbox/childFolders/x/messages",
  ],
  ["/me/messages/m=/reply", "/me/messages/m=/createReply", "/me/messages"],
  [
    "/me/mailFolders('inbox')/messages('m')/replyAll",
    "/me/mailFolders('inbox')/messages('m')/createReplyAll",
    "/me/messages",
  ],
  ["/users/u/messages/m/microsoft.graph.forward", "/users/u/messages/m/createForward", "/users/u/messages"],
  ["/me/messages/m/createForward", "/me/messages/m/createForward", "/me/messages"],
  ["/me/events", "/me/events", "/me/events"],
  [
    "/me/calendarGroups/g/calendars/c/events",
    "/me/calendarGroups/g/calendars/c/events",
    "/me/calendarGroups/g/calendars/c/events",
  ],
  ["/users/u/calendar/events?x=1", "/users/u/calendar/events", "/users/u/calendar/events"],
])("%s is created at %s and found below %s", (path, create, items) => {
  expect(compositionFor(graph + path)).toMatchObject({ create: graph + create, items: graph + items });
  expect(mayCompose(graph + path, "xx", {}, () => resolveOptions({ threshold: 1 }))).toBe(true);
});

test("only actions that send are sent, only events get their attendees later, and only sendMail creates its message alone", () => {
  const of = (path: string) => compositionFor(graph + path)!;
  expect(
    ["/me/sendMail", "/me/messages/m/reply", "/me/messages", "/me/messages/m/createReply", "/me/events"].map(
      (path) => of(path).sends,
    ),
  ).toEqual([true, true, false, false, false]);
  expect(["/me/events", "/me/messages"].map((path) => of(path).later)).toEqual([["attendees"], []]);
  expect(["/me/sendMail", "/me/messages/m/reply"].map((path) => of(path).bare)).toEqual([true, false]);
});

test.each([
  "/me/messages/m",
  "/me/messages/m/attachments",
  "/me/messages/m/send",
  "/me/messages/m/move",
  "/groups/g/threads/t/reply",
  "/groups/g/conversations",
  "/me/todo/lists/l/tasks",
  "/chats/c/messages",
  "/teams/t/channels/c/messages",
  "/me/drive/root:/me/sendMail",
  "/$batch",
])("%s is not composed and passes through", (path) => {
  expect(compositionFor(graph + path)).toBeUndefined();
});

test("a send has no body, and a change contains only the changed members", () => {
  expect(item.send("u")).toEqual({ method: "POST", url: "u/send", to: "api" });
  expect(item.change("u", { attendees: [] })).toMatchObject({ method: "PATCH", url: "u", body: '{"attendees":[]}' });
});
