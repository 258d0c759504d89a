import {
  driveCollection,
  fileUrl,
  folderUrl,
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
  ["/me/drive/root:/Reports/a.zip:", "a.zip", false],
  ["/me/drive/root:/a%20b%23%25.zip:", "a b#%.zip", false],
  ["/me/drive/root:/it's.zip:", "it's.zip", false],
  ["/me/drive/root:/a(1).zip:", "a(1).zip", false],
  ["/me/drive/root:/('a').zip:", "('a').zip", false],
  ["/me/drive/root:/'a':", "'a'", false],
  ["/me/drive/root:/a):", "a)", false],
  ["/me/drive/root:/50%:", "50%", false], // not an escape, so it stays unchanged
  ["/me/drive/items/01A:/%C3%BCber.zip:", "über.zip", false],
  ["/me/drive/items/01A!7", "01A!7", true],
  ["/me/drive/items('01A!7')", "01A!7", true],
  ["/me/drive/items(%2701A!7%27)", "01A!7", true],
  ["/shares/u!aHR0/driveItem", "driveItem", true],
  ["/me/drive/root/children", undefined, false],
  ["/me/drive/items/01A/children", undefined, false],
  ["/me/drive/special/documents/children", undefined, false],
])("%s names the file %s; by an id: %p", (path, name, id) => {
  expect([nameIn(path), isById(path)]).toEqual([name, id]);
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
