import type { DriveFile, DriveFixture, Item } from "../api.js";
import { bufferOf, Content } from "../content.js";
import type { Context } from "../context.js";
import { putFile } from "./finish.js";
import { readDrivePath, type DriveKeys } from "./routes.js";
import type { Drive, DriveItem } from "./store.js";
import { driveOf, eTagOf, folderNamed, pathOf, usedBytes, walk } from "./tree.js";
import { webDavUrlOf, webUrlOf } from "./urls.js";

/** The fixture of a drive. It looks the drive up each time, because a reset replaces it. */
export function driveFixture(context: Context, keys: DriveKeys): DriveFixture {
  const drive = (): Drive => {
    const found = driveOf(context, keys);
    if (!found) throw new Error("The emulator has no drive at this path.");
    return found;
  };
  const item = (named: Item | string): DriveItem => there(drive(), named);
  const way = (filePath: string): { folder: DriveItem; name: string } => {
    const names = namesIn(filePath);
    const name = names.pop();
    if (name === undefined) throw new Error("The path in a drive needs at least one name.");
    return { folder: names.reduce((folder, each) => folderNamed(context, folder, each), drive().root), name };
  };
  return {
    get id() {
      return drive().id;
    },
    get path() {
      return drive().path;
    },
    get root() {
      return { id: drive().root.id, path: `${drive().path}/root` };
    },
    get used() {
      return usedBytes(drive());
    },
    addFile: (filePath, bytes) => {
      const content = new Content([bufferOf(bytes)]);
      const destination = { drive: drive(), ...way(filePath), behavior: "replace" as const };
      return describeFile(putFile(context, destination, { content, via: "post" }).item);
    },
    addFolder: (filePath) => {
      const { folder, name } = way(filePath);
      return itemOf(folderNamed(context, folder, name));
    },
    newFile: (name, folder) => {
      const { id } = folder ? item(folder) : drive().root;
      return { id, path: `${drive().path}/items/${id}:/${encodeURIComponent(name)}:` };
    },
    files: () => [...drive().items.values()].filter(({ content }) => content).map(describeFile),
    folders: () =>
      [...drive().items.values()].filter(({ content, parent }) => !content && parent).map((each) => pathOf(each)),
    file: (named) => describeFile(item(named)),
    setQuota: (bytes) => void (drive().quota = bytes),
    permissions: (named) => [...item(named).permissions],
    readers: (named) => readersOf(item(named)),
    of: (path) => {
      const route = readDrivePath(`/v1.0${path}`);
      if (route?.target !== "drive") throw new Error(`${path} is not the path of a drive.`);
      return driveFixture(context, route.keys);
    },
  };
}

/** The users who were invited to an item or to a folder above it. */
export function readersOf(item: DriveItem): string[] {
  const above = item.parent ? readersOf(item.parent) : [];
  return [...new Set([...item.permissions.flatMap(({ grantedTo }) => grantedTo), ...above])];
}

const namesIn = (filePath: string): string[] => filePath.split("/").filter((name) => name !== "");

function there(drive: Drive, named: Item | string): DriveItem {
  const key = typeof named === "string" ? named : named.id;
  const item = drive.items.get(key) ?? walk(drive.root, namesIn(key))?.item;
  if (!item) throw new Error(`The emulator's drive has no item ${key}.`);
  return item;
}

const itemOf = ({ id, drive }: DriveItem): Item => ({ id, path: `${drive.path}/items/${id}` });

/** Describes a file for tests. It computes `bytes` and `sha256` on demand. */
export function describeFile(item: DriveItem): DriveFile {
  const { name, content, via, description, fileSystemInfo, listItemId } = item;
  if (!content) throw new Error(`${name} is a folder.`);
  return {
    ...itemOf(item),
    ...{ name, filePath: pathOf(item), size: content.length, via, listItemId },
    ...{ eTag: eTagOf(item), webUrl: webUrlOf(item), webDavUrl: webDavUrlOf(item) },
    ...(description === undefined ? {} : { description }),
    ...(fileSystemInfo === undefined ? {} : { fileSystemInfo }),
    get bytes() {
      return content.bytes;
    },
    get sha256() {
      return content.sha256;
    },
  };
}
