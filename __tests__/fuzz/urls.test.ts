/** URLs as applications write them: every id is found, nothing crashes, and no URL is slow to read. */
import fc from "fast-check";
import { resolveOptions } from "../../src/settings.js";
import { mayCompose } from "../../src/client/recognize.js";
import { azureDevOps } from "../../src/protocols/azureDevOps.js";
import { compositionFor } from "../../src/protocols/compositions.js";
import { collectionOf, mailboxOf, pathPattern } from "../../src/protocols/graph/path.js";
import { attachmentId } from "../../src/protocols/graph/reply.js";
import { graphProtocols } from "../../src/protocols/index.js";
import { match } from "../../src/attach/match.js";
import { drive } from "../../src/protocols/drive.js";
import { fileUrl, folderUrl, idIn, isById, nameIn, siblingsUrl } from "../../src/protocols/graph/drivePath.js";
import { outlook } from "../../src/protocols/outlook.js";
import { conversationAt } from "../../src/protocols/teams.js";
import { print } from "../../src/protocols/print.js";
import { todo } from "../../src/protocols/todo.js";
import { firstGap } from "../../src/range.js";
import { retryAfter } from "../../src/http/retry.js";
import { explain } from "../../src/protocols/azureDevOps.js";
import { NoReply } from "../../src/http/refusal.js";
import { check, within } from "./support/check.js";
import { text } from "./support/json.js";
import { toWellFormed } from "./support/names.js";

const wellFormed = fc
  .oneof(fc.string({ unit: "grapheme" }), fc.string({ unit: "binary" }), text, fc.base64String())
  .map((value) => toWellFormed(value))
  .filter((value) => value !== "");
const segment = wellFormed.map((id) => ({ id, key: `/${encodeURIComponent(id).replaceAll("'", "%27")}` }));
const parentheses = wellFormed.map((id) => {
  const doubled = encodeURIComponent(id.replaceAll("'", "''"));
  return { id, key: `('${doubled}')` };
});
const key = fc.oneof(segment, parentheses);
const root = fc.constantFrom("https://graph.microsoft.com/v1.0", "https://gateway.example:8443/graph/beta", "");
const mailbox = fc.oneof(
  fc.constantFrom("/me", "/users/a@b.c", "/users('a%40b.c')", "/Users(%27a%27)"),
  segment.map((one) => `/users${one.key}`),
);
const tail = fc.constantFrom("", "/", "/attachments", "/Attachments/", "/attachments?$expand=x&a=b", "#here");

const messages = fc.constantFrom(
  "/messages",
  "/mailFolders/inbox/messages",
  "/mailFolders('i')/childFolders/c/messages",
);
const events = fc.constantFrom(
  "/events",
  "/calendar/events",
  "/calendars('c')/events",
  "/calendarGroups/g/calendars/c/events",
);
const junk = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ...[
          "/",
          "me",
          "/users",
          "messages",
          "/attachments",
          "('",
          "')",
          "(%27",
          "%27)",
          "%",
          "?",
          "#",
          "..",
          "//",
          "'",
        ],
        ...["/_apis/wit/attachments", "/_apis/wit/workitems/1", "https://", "/event", "sendMail", ":"],
        ...["/chats", "/teams", "/channels", "/replies"],
      ),
      text,
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(""));

/** The beginning of a drive, after any path. */
const drives = fc.oneof(
  fc.constantFrom("/me/drive", "/users('a%40b.c')/drive", "/sites/a.b:/sites/c:/drive", "/me/drives('b!1')"),
  key.map(({ key: written }) => `/drives${written.replaceAll(":", "%3A")}`),
);
/** A folder of a drive. A file is named by its children or by a path below it. */
const folders = fc.oneof(
  fc.constantFrom("/root", "/special/documents", "/items('01A!7')"),
  key.map(({ key: written }) => `/items${written.replaceAll(":", "%3A")}`),
);
const fileName = wellFormed.filter((name) => name.trim() !== "");

/** Everything that is read from, and written to, a URL of a drive. */
function readDrive(url: string): void {
  const collection = drive.target.collection(url);
  if (collection === undefined) return;
  for (const read of [nameIn, idIn, isById, siblingsUrl, folderUrl]) read(collection);
  drive.session.create(collection, { name: "a/b#c", size: 1 });
}

/** Everything that reads a URL or part of it. */
const readers: Record<string, (url: string) => unknown> = {
  "collection of Outlook": (url) => outlook.target.collection(url),
  "collection of To Do": (url) => todo.target.collection(url),
  "collection of Azure DevOps": (url) => azureDevOps.target.collection(url),
  "item of Graph": (url) => outlook.target.item!(url),
  "collection of print documents": (url) => print.target.collection(url),
  "all of a drive": readDrive,
  "file limit of Azure DevOps": (url) => azureDevOps.target.fileLimit(url),
  "item of Azure DevOps": (url) => azureDevOps.link!.item(url),
  "any protocol of Graph": (url) => match(url, graphProtocols),
  "a chat or channel": conversationAt,
  "the folder for files over the limit of Outlook": (url) => outlook.target.overflow!(url),
  compositionFor,
  mailboxOf,
  "another pattern": (url) => collectionOf(url, [pathPattern("/me/things{}(?:/parts{})*")]),
};

/** Tells whether a heavy POST there may compose a message. */
const isNoticed = (url: string) => mayCompose(url, "xx", {}, () => resolveOptions({ threshold: 1 }));

describe("a URL", () => {
  test.each(Object.entries(readers))("of any kind does not crash %s", (_, read) =>
    check(fc.oneof(junk, text, fc.webUrl({ withQueryParameters: true, withFragments: true })), 1_500, (url) => {
      read(url);
    }),
  );

  test("of a message is found whatever its id, because ids contain slashes, quotes and equals signs", () =>
    check(fc.tuple(root, mailbox, messages, key, tail), 2_000, ([host, box, path, { key: written }, end]) => {
      const collection = outlook.target.collection(`${host}${box}${path}${written}${end}`);
      expect(collection).toMatch(/\/attachments(\?a=b)?$/i);
      expect(collection!.startsWith(`${host}${box}${path}${written}/`)).toBe(true);
    }));

  test("of an event is found whatever its id", () =>
    check(fc.tuple(root, mailbox, events, key, tail), 1_500, ([host, box, path, { key: written }, end]) => {
      expect(outlook.target.collection(`${host}${box}${path}${written}${end}`)).toMatch(/\/attachments(\?a=b)?$/i);
    }));

  test("of a task is found whatever its ids", () =>
    check(fc.tuple(root, mailbox, key, key, tail), 1_500, ([host, box, list, task, end]) => {
      const url = `${host}${box}/todo/lists${list.key}/tasks${task.key}${end}`;
      expect(todo.target.collection(url)).toMatch(/\/attachments(\?a=b)?$/i);
      expect(outlook.target.collection(url)).toBeUndefined();
    }));

  test("of one item names the same item in every spelling, so that two uploads to it never overlap", () =>
    check(fc.tuple(mailbox, messages, wellFormed, wellFormed), 2_000, ([box, path, id, other]) => {
      const item = (spelling: string) => outlook.target.item!(outlook.target.collection(`${box}${path}${spelling}`)!);
      const asSegment = item(`/${encodeURIComponent(id).replaceAll("'", "%27")}`);
      expect(asSegment).toBe(id);
      expect(item(`('${encodeURIComponent(id.replaceAll("'", "''"))}')`).replaceAll("''", "'")).toBe(
        id.replaceAll("''", "'"),
      );
      if (other !== id) expect(item(`/${encodeURIComponent(other).replaceAll("'", "%27")}`)).not.toBe(asSegment);
    }));

  test("of a file in a drive keeps its name, by children and by path, in both directions", () =>
    check(fc.tuple(root, drives, folders, fileName, fileName), 2_000, ([host, where, folder, name, other]) => {
      const children = drive.target.collection(`${host}${where}${folder}/children`)!;
      expect(children).toBe(`${host}${where}${folder}/children`);
      expect(nameIn(children)).toBeUndefined();
      const url = fileUrl(children, name);
      for (const spelling of [url, url.slice(0, -1), `${url}/content`, `${url}/createUploadSession?$select=id#x`]) {
        const collection = drive.target.collection(spelling)!;
        expect(collection).toBe(url);
        expect([nameIn(collection), isById(collection)]).toEqual([name, false]);
        expect(fileUrl(collection, other)).toBe(url);
        expect([siblingsUrl(collection), folderUrl(collection)]).toEqual([children, `${host}${where}${folder}`]);
      }
    }));

  test("of an item in a drive refers to an existing item, whatever its id", () =>
    check(fc.tuple(root, drives, key), 1_500, ([host, where, { id, key: written }]) => {
      const url = `${host}${where}/items${written.replaceAll(":", "%3A")}`;
      for (const spelling of [url, `${url}/content`, `${url}/createUploadSession`]) {
        const collection = drive.target.collection(spelling)!;
        expect([collection, isById(collection)]).toEqual([url, true]);
      }
      expect(idIn(url)!.replaceAll("''", "'")).toBe(id.replaceAll("''", "'"));
    }));

  test("that creates or sends is recognized whatever the ids in it", () =>
    check(fc.tuple(root, mailbox, key, fc.constantFrom("reply", "forward", "createReplyAll")), 1_500, (given) => {
      const [host, box, { key: written }, verb] = given;
      const url = `${host}${box}/messages${written}/${verb}`;
      const composition = compositionFor(url);
      expect(isNoticed(url)).toBe(true);
      expect(composition!.items).toBe(`${host}${box}/messages`);
      expect(composition!.create.startsWith(`${host}${box}/messages${written}/create`)).toBe(true);
    }));
});

describe("a URL of Teams", () => {
  const slash = fc.constantFrom("", "/", "?$select=id", "#here");

  test("is recognized as that of a chat, whatever its id", () =>
    check(fc.tuple(root, fc.option(mailbox), key, slash), 1_500, ([host, box, { key: written }, end]) => {
      const found = conversationAt(`${host}${box ?? ""}/chats${written}/messages${end}`);
      expect(found).toEqual({
        api: host,
        files: { children: `${host}${box ?? "/me"}/drive/root:/Microsoft%20Teams%20Chat%20Files:/children` },
        members: `${host}${box ?? ""}/chats${written}/members`,
      });
      expect(conversationAt(`${host}${box ?? ""}/chats${written}${end}`)).toBeUndefined();
    }));

  test("is recognized as that of a channel, whatever its ids, and for replies too", () =>
    check(fc.tuple(root, key, key, fc.option(key), slash), 1_500, ([host, team, channel, message, end]) => {
      const place = `${host}/teams${team.key}/channels${channel.key}`;
      const messages = `${place}/messages${message ? `${message.key}/replies` : ""}${end}`;
      expect(conversationAt(messages)).toEqual({ api: host, files: { folder: `${place}/filesFolder` } });
    }));
});

describe("long and hostile text takes less than a second to read, for a regular expression can blow up", () => {
  const long = 50_000;
  const filled = (part: string) => part.repeat(Math.ceil(long / part.length)).slice(0, long);
  const parts = [
    ...["a", "/", "/me", "/users/", "/users('", "/users(%27", "/users('a')", "/users(%27a%27)", "''", "%27", "(", ")"],
    ...["/messages", "/messages/a", "/messages('a')", "/messages(%27a%27)", "/me/messages(%27a%27)/event", ":"],
    ...["/childFolders/a", "/childFolders('a')", "/childFolders(%27a%27)", "/instances(%27a%27)", "/instances/a"],
    ...[
      "/attachments",
      "/attachments/",
      "/attachments/x?",
      "/attachments('a",
      "/attachments/x#",
      "?",
      "#",
      "&a=b",
      "%",
    ],
    ...["/_apis/wit/attachments", "/_apis/wit/workitems/1", "https://", "https://a", " ", "1", "1.", "\n", "\t ", "('"],
    ...[
      "/chats/",
      "/chats/a",
      "/chats('a')",
      "/chats(%27",
      "/me/chats/a",
      "/teams/a/channels/a",
      "/teams('",
      "/replies",
    ],
    ...[
      "/drive",
      "/me/drive/root",
      "/drive/root:/",
      ":/",
      "/a:",
      "/items('a')",
      "/items(%27a%27):",
      "/special/a",
      "/shares/a",
    ],
    ...[
      "/children",
      "/content",
      "/driveItem",
      "/lists/a/items/b",
      "/drives/a",
      "/print/printers/a",
      "/jobs/a/documents/b",
    ],
    ...["/tasks(%27a%27)", "/todo/lists(%27a%27)", "/exceptionOccurrences(%27a%27)", "/event", "((%27", "%27))"],
  ];
  const starts = [
    "",
    "/me/mailFolders(%27a%27)",
    "/me/events(%27a%27)",
    "/me/drive/root:/",
    "/print/printers/p/jobs/j",
  ];
  const ends = ["/attachments", "/messages", "\n", "')/x", ":/content"];
  const hostile = starts.flatMap((start) =>
    parts.map((part) => [ends.map((end) => start + filled(part) + end), `${start} + ${part}…`] as const),
  );
  const others: Record<string, (value: string) => unknown> = {
    "an attachment's id": attachmentId,
    "an offset": firstGap,
    "a Retry-After": (value) => retryAfter(value, 0),
    "an error of Azure DevOps": (value) => explain({ status: 500, headers: new Headers(), body: value }),
    "the verdict of Outlook": (value) => outlook.api.verdict({ status: 400, headers: new Headers(), body: value }),
    "the verdict of Azure DevOps": (value) =>
      azureDevOps.api.verdict({ status: 200, headers: new Headers(), body: value }),
    "the message of a lost reply": (value) => new NoReply(new Error(value)),
  };

  test.each(Object.entries({ ...readers, ...others }))("by %s", (_, read) => {
    const slow: string[] = [];
    for (const [values, what] of hostile) {
      if (slow.length === 3) break; // enough to show
      try {
        within(1_000, () => values.forEach((value) => void read(value)));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ERR_SCRIPT_EXECUTION_TIMEOUT") throw error;
        slow.push(what);
      }
    }
    expect(slow).toEqual([]);
  });

  test("nested folders are read just as fast", () => {
    const url = `/me/mailFolders(%27a%27)${"/childFolders(%27a%27)".repeat(30)}/x`;
    expect(within(1_000, () => outlook.target.collection(url))).toBeUndefined();
  });
});
