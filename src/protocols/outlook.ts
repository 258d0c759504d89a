import { DEFAULT_RANGE_SIZE } from "../range.js";
import { graphAttachments } from "./graph/attachments.js";
import { BEFORE, keyed, mailboxUrl, pathPattern, splitUrl } from "./graph/path.js";

const GROUP = new RegExp(`^${BEFORE}/groups${keyed("{}")}/(?:calendar/)?(?:events|calendarView)(?=[/(])`, "i");

/**
 * Attachments of Outlook messages and events. Ranges go to a pre-authenticated URL on another host, which refuses a Graph
 * token. Ids come in `Location`. 3 MB to 150 MB, ranges of less than 4 MB (docs: outlook-large-attachments).
 */
export const outlook = graphAttachments({
  name: "outlook",
  label: "Outlook",
  fileLimit: 157_286_400,
  limits: { range: 3_999_999, unit: 1 },
  rangeSize: DEFAULT_RANGE_SIZE,
  items: [
    pathPattern("/(?:me|users{})(?:/mailFolders{}(?:/childFolders{})*)?/messages{}(?:/event)?"),
    pathPattern(
      "/(?:me|users{}|groups{})(?:/calendarGroup|/calendarGroups{})?(?:/calendar|/calendars{})?/(?:events|calendarView){}(?:/(?:instances|exceptionOccurrences){})*",
    ),
  ],
  type: "microsoft.graph.fileAttachment",
  listQuery: "$select=id,name",
  markedQuery: "$select=id,name,microsoft.graph.fileAttachment/contentId",
  details: ({ isInline, contentId }) => ({
    ...(isInline === undefined ? {} : { isInline }),
    ...(contentId === undefined ? {} : { contentId }),
  }),
  defaults: { isInline: false, contentId: null },
  properties: ({ name, size, contentType, isInline, contentId }) => ({
    AttachmentItem: { attachmentType: "file", name, size, contentType, isInline, contentId },
  }),
  refuses: (collection) =>
    GROUP.test(splitUrl(collection)[0])
      ? 'Events in the calendar of a group take no attachments. attach(file, { overflow: "link" }) uploads the file to the drive of the group and adds a link.'
      : undefined,
  // the sender's own drive, in the folder that Outlook itself uses
  overflow: (collection) => ({
    item: splitUrl(collection)[0].replace(/\/attachments\/?$/i, ""),
    folder: `${mailboxUrl(collection)}/drive/root:/Email%20attachments:/children`,
  }),
  permission:
    "Mail.ReadWrite (Calendars.ReadWrite for events); an app with delegated permissions cannot upload large files into the mailbox of somebody else",
  noSessions: /^https:\/\/(dod-)?graph\.microsoft\.us[:/]/i,
  // its host and path vary, but it is never Graph itself, where the token would give access to other resources
  uploadsTo: (uploadUrl) => /attachmentSessions/i.test(uploadUrl) || !/^https?:\/\/[^/?#]*graph/i.test(uploadUrl),
  rangesTo: "upload",
});
