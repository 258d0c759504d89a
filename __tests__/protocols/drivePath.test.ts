import {
  driveCollection,
  fileUrl,
  folderUrl,
  idIn,
  isById,
  nameIn,
  siblingsUrl,
} from "../../src/protocols/graph/drivePath.js";
import { GRAPH } from "../support/fakes";

/** A drive, as the part of a URL before root, items or special. */
test.each([
  "/me/drive",
  "/users/8a1e/drive",
  "/users/x@y.com/drive",
  "/users('x@y.com')/drive",
  "/users(%27x@y.com%27)/drive",
  "/groups/g/drive",
  "/sites/contoso.sharepoint.com,2C71,2D22/drive",
  "/sites/contoso.sharepoint.com:/sites/team:/drive",
  "/sites/root/drive",
  "/drives/b!0a1",
  "/drives('b!0a1')",
  "/me/drives/b!0a1",
  "/sites/s/drives/b!0a1",
  "/storage/fileStorage/containers/c/drive",
  "/ME/DRIVE",
])("%s is a drive, whatever follows it", (drive) => {
  const root = GRAPH + drive;
  expect(driveCollection(`${root}/root:/Reports/a.zip:/content`)).toBe(`${root}/root:/Reports/a.zip:`);
  expect(driveCollection(`${root}/items('01A!7')/createUploadSession`)).toBe(`${root}/items('01A!7')`);
  expect(driveCollection(`${root}/special/documents`)).toBe(`${root}/special/documents/children`);
});

test.each([
  ["/root:/Reports/a.zip:", "/root:/Reports/a.zip:"],
  ["/root:/Reports/a.zip", "/root:/Reports/a.zip:"],
  ["/root:/Reports/a.zip:/", "/root:/Reports/a.zip:"],
  ["/root:/a%20b%23.zip:/content", "/root:/a%20b%23.zip:"],
  ["/root:/a.zip:/createUploadSession", "/root:/a.zip:"],
  ["/root:/a.zip:/microsoft.graph.createUploadSession", "/root:/a.zip:"],
  ["/root:/a.zip:/createuploadsession", "/root:/a.zip:"],
  ["/root:/Reports:/children", "/root:/Reports:/children"],
  ["/root/children", "/root/children"],
  ["/root", "/root/children"],
  ["/items/01A!7", "/items/01A!7"],
  ["/items/01A!7/", "/items/01A!7"],
  ["/items/01A!7/content", "/items/01A!7"],
  ["/items('01A!7')/createUploadSession", "/items('01A!7')"],
  ["/items(%2701A!7%27)", "/items(%2701A!7%27)"],
  ["/items/01A:/a.zip:", "/items/01A:/a.zip:"],
  ["/items/01A:/x/a.zip:/createUploadSession", "/items/01A:/x/a.zip:"],
  ["/items/01A/children", "/items/01A/children"],
  ["/items/root:/a.zip:", "/items/root:/a.zip:"],
  ["/items/root", "/items/root/children"],
  ["/items('root')", "/items('root')/children"],
  ["/items/root/children", "/items/root/children"],
  ["/root/children('a.zip')", "/root:/a.zip:"],
  ["/root/children('it''s%20a%27%27b.zip')/content", "/root:/it's%20a'b.zip:"],
  ["/items/01A/children(%27a.zip%27)/createUploadSession", "/items/01A:/a.zip:"],
  ["/items/01A/children/a%20b.zip/content", "/items/01A:/a%20b.zip:"],
  ["/root:/Reports:/children/a.zip/createUploadSession", "/root:/Reports/a.zip:"],
  ["/root:/Reports:/children('2026')/children", "/root:/Reports/2026:/children"],
  ["/list/items/7/driveItem", "/list/items/7/driveItem"],
  ["/list/items('7')/driveItem/content", "/list/items('7')/driveItem"],
  ["/special/documents:/a.zip:", "/special/documents:/a.zip:"],
  ["/special/documents/children", "/special/documents/children"],
  ["/special/documents", "/special/documents/children"],
  ["/special('photos')/children", "/special('photos')/children"],
])("%s in a drive goes to %s, with and without a query", (path, collection) => {
  const root = `${GRAPH}/me/drive`;
  expect(driveCollection(root + path)).toBe(root + collection);
  expect(driveCollection(`${root}${path}?$select=id&a=1&%24top=2#x`)).toBe(`${root}${collection}?a=1`);
  expect(driveCollection(root + collection)).toBe(root + collection);
});

test.each([
  ["/shares/u!aHR0/driveItem", "/shares/u!aHR0/driveItem"],
  ["/shares('u!aHR0')/driveItem/content", "/shares('u!aHR0')/driveItem"],
  ["/shares/u!aHR0/driveItem/children", "/shares/u!aHR0/driveItem/children"],
  ["/shares/u!aHR0/driveItem:/a.zip:", "/shares/u!aHR0/driveItem:/a.zip:"],
  ["/shares/s/root", "/shares/s/root/children"],
  ["/shares/s/list/items/7/driveItem", "/shares/s/list/items/7/driveItem"],
  ["/sites/s/lists/l/items/7/driveItem", "/sites/s/lists/l/items/7/driveItem"],
  [
    "/sites/s/lists('l')/items('7')/driveItem/microsoft.graph.createUploadSession",
    "/sites/s/lists('l')/items('7')/driveItem",
  ],
])("%s, a share or a list item, is %s", (path, collection) => {
  expect(driveCollection(GRAPH + path)).toBe(GRAPH + collection);
});

test.each([
  "https://graph.microsoft.com/beta",
  "https://microsoftgraph.chinacloudapi.cn/v1.0",
  "https://localhost:8443/v1.0",
  "https://proxy.contoso.com/tenants/7/graph/v1.0",
])("on %s", (root) => {
  expect(driveCollection(`${root}/me/drive/root:/a.zip`)).toBe(`${root}/me/drive/root:/a.zip:`);
});

test.each([
  "/me/drive",
  "/me/drives",
  "/me/drive/root/delta",
  "/me/drive/root:/a.zip:/createLink",
  "/me/drive/items/1/permissions",
  "/me/drive/items/1/thumbnails/0",
  "/me/drive/items/1/workbook/worksheets",
  "/me/drive/recent",
  "/me/drive/items",
  "/me/drive/items/1/children/2",
  "/me/drive/list/items/7",
  "/me/messages/m/attachments",
  "/me/todo/lists/l/tasks/t",
  "/sites/s/lists/l/items/7",
  "/sites/s/lists/l/drive",
  "/shares/s",
  "/print/printers/p/jobs/j/documents/d",
])("%s is not a file of a drive", (path) => {
  expect(driveCollection(GRAPH + path)).toBeUndefined();
});

test.each([
  ["/me/drive/root:/Reports/a.zip:", "a.zip", undefined],
  ["/me/drive/root:/a%20b%23%25.zip:", "a b#%.zip", undefined],
  ["/me/drive/root:/it's.zip:", "it's.zip", undefined],
  ["/me/drive/root:/a(1).zip:", "a(1).zip", undefined],
  ["/me/drive/root:/('a').zip:", "('a').zip", undefined],
  ["/me/drive/root:/'a':", "'a'", undefined],
  ["/me/drive/root:/a):", "a)", undefined],
  ["/me/drive/root:/50%:", "50%", undefined], // not an escape, so it stays unchanged
  ["/me/drive/items/01A:/%C3%BCber.zip:", "über.zip", undefined],
  ["/me/drive/items/01A!7", undefined, "01A!7"],
  ["/me/drive/items('01A!7')", undefined, "01A!7"],
  ["/me/drive/items(%2701A!7%27)", undefined, "01A!7"],
  ["/shares/u!aHR0/driveItem", undefined, "driveItem"],
  ["/me/drive/root/children", undefined, undefined],
  ["/me/drive/items/01A/children", undefined, undefined],
  ["/me/drive/special/documents/children", undefined, undefined],
])("%s names the file %s, or the id %s", (path, name, id) => {
  expect([nameIn(path), idIn(path), isById(path)]).toEqual([name, id, id !== undefined]);
});

test.each([
  ["/me/drive/root:/Reports/a.zip:", "/me/drive/root:/Reports/a.zip:", "/me/drive/root:/Reports:", "/children"],
  ["/me/drive/root:/a.zip:", "/me/drive/root:/a.zip:", "/me/drive/root", "/children"],
  ["/me/drive/items/01A:/a.zip:", "/me/drive/items/01A:/a.zip:", "/me/drive/items/01A", "/children"],
  ["/me/drive/items/01A/children", "/me/drive/items/01A:/n%C3%A4%23.zip:", "/me/drive/items/01A", "/children"],
  ["/me/drive/root/children", "/me/drive/root:/n%C3%A4%23.zip:", "/me/drive/root", "/children"],
  ["/me/drive/root:/Re:/children", "/me/drive/root:/Re/n%C3%A4%23.zip:", "/me/drive/root:/Re:", "/children"],
])("for %s the file is %s, and its folder %s", (collection, file, folder, children) => {
  expect(fileUrl(collection, "nä#.zip")).toBe(file);
  expect(fileUrl(`${collection}?a=1`, "nä#.zip", "/content")).toBe(`${file}/content?a=1`);
  expect(folderUrl(collection)).toBe(folder);
  expect(siblingsUrl(collection)).toBe(folder + children);
});
