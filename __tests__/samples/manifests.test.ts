import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ManifestInfo } from "office-addin-manifest";
import { root, run } from "../package/run";

const file = (path: string) => join(root, "samples", path);
const read = (path: string) => readFile(file(path), "utf8");
const json = async (path: string) => JSON.parse(await read(path));
const appManifests = ["outlook-addin/manifest.json", "teams-tab/manifest.json"];

interface Read {
  readonly info: ManifestInfo;
  readonly isValid?: boolean;
  readonly errors: readonly { readonly content: string }[];
}

/** Reads a manifest with `office-addin-manifest`, which checks JSON by its schema. For XML it would need an online service. */
async function readManifest(path: string): Promise<Read> {
  const { stdout, stderr } = await run(process.execPath, [join(__dirname, "readManifest.mjs"), path]);
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout);
}

describe.each(appManifests)("samples/%s", (path) => {
  test("conforms to its schema", async () => {
    expect(await readManifest(file(path))).toMatchObject({ isValid: true, errors: [] });
  });

  test("is checked by its schema", async () => {
    const folder = await mkdtemp(join(tmpdir(), "manifest-"));
    const wrong = join(folder, "manifest.json");
    await writeFile(wrong, JSON.stringify({ ...(await json(path)), accentColor: "blue", version: "first" }));
    const { isValid, errors } = await readManifest(wrong);
    expect(isValid).toBe(false);
    expect(errors.length).toBeGreaterThan(0);
    await rm(folder, { recursive: true });
  });

  test("has its icons in the required sizes", async () => {
    const folder = path.split("/")[0]!;
    const { icons } = await json(path);
    expect(await pixels(join(folder, icons.color))).toEqual([192, 192]);
    expect(await pixels(join(folder, icons.outline))).toEqual([32, 32]);
  });
});

describe("The two manifests of the Outlook add-in", () => {
  const info = async (path: string) => (await readManifest(file(`outlook-addin/${path}`))).info;

  test("describe the same add-in, version and permission", async () => {
    const [xml, unified] = await Promise.all([info("manifest.xml"), info("manifest.json")]);
    expect(xml).toMatchObject({ officeAppType: "MailApp", hosts: ["Mailbox"], permissions: "ReadWriteItem" });
    expect(unified).toMatchObject({ hosts: ["mail"], permissions: "MailboxItem.ReadWrite.User" });
    expect(xml.version).toBe(`${unified.version}.0`);
    const shared = ({ id, displayName, description, providerName, defaultLocale, supportUrl }: typeof xml) => [
      ...[id, displayName, description],
      ...[providerName, defaultLocale, supportUrl],
    ];
    expect(shared(xml)).toEqual(shared(unified));
  });

  test("open the same page and require the same API", async () => {
    const xml = await read("outlook-addin/manifest.xml");
    const [extension] = (await json("outlook-addin/manifest.json")).extensions;
    const { page } = extension.runtimes[0].code;
    expect(values(xml, /<bt:Url id="Pane.Url" DefaultValue="(.*)"/g)).toEqual([page, page]); // for each version
    const { name, minVersion } = extension.requirements.capabilities[0];
    expect(xml).toContain(`<Set Name="${name}" MinVersion="${minVersion}"/>`);
  });

  test("run the same handler before a message or an event is sent, and send if it is not to be had", async () => {
    const xml = await read("outlook-addin/manifest.xml");
    const [extension] = (await json("outlook-addin/manifest.json")).extensions;
    const { requirements, code, actions } = extension.runtimes[1];
    expect(values(xml, /<bt:Url id="LaunchEvent\.\w+" DefaultValue="(.*)"/g)).toEqual([code.page, code.script]);
    expect(values(xml, /<LaunchEvent Type="(\w+)" FunctionName="onSend" SendMode="SoftBlock"/g)).toEqual([
      ...["OnMessageSend", "OnAppointmentSend"],
    ]);
    const [{ events, ...needs }] = extension.autoRunEvents;
    const event = { actionId: "onSend", options: { sendMode: "softBlock" } };
    expect(events).toEqual([
      { type: "messageSending", ...event },
      { type: "appointmentSending", ...event },
    ]);
    expect(actions.map(({ id }: { id: string }) => id)).toEqual(["onSend"]);
    expect(await read("outlook-addin/src/launchevent.ts")).toContain('Office.actions.associate("onSend"');
    const sets = [requirements, needs.requirements].map(({ capabilities }) => capabilities);
    expect(sets).toEqual(Array(2).fill([{ name: "Mailbox", minVersion: "1.12" }]));
    expect(xml.split("VersionOverridesV1_1")[1]).toContain('<bt:Sets DefaultMinVersion="1.12">');
  });

  test("are for shared mailboxes and folders as well", async () => {
    expect(await read("outlook-addin/manifest.xml")).toContain("<SupportsSharedFolders>true</SupportsSharedFolders>");
    const { permissions } = (await json("outlook-addin/manifest.json")).authorization;
    expect(permissions.resourceSpecific).toContainEqual({ name: "Mailbox.SharedFolder", type: "Delegated" });
  });

  test("name only icons that exist", async () => {
    const both = (await read("outlook-addin/manifest.xml")) + (await read("outlook-addin/manifest.json"));
    const names = values(both, /https:\/\/localhost:3000\/(icon-\d+\.png)/g);
    expect(names.length).toBeGreaterThan(5);
    for (const name of names) {
      const size = Number(/\d+/.exec(name)![0]);
      expect(await pixels(`outlook-addin/public/${name}`)).toEqual([size, size]);
    }
  });
});

describe("samples/outlook-addin/manifest.xml", () => {
  test("has its elements in the order of the schema for mail add-ins", async () => {
    const [, inside] = /<OfficeApp[^>]*>\n(.*)<\/OfficeApp>/s.exec(await read("outlook-addin/manifest.xml"))!;
    expect(values(inside!, /^ {2}<(\w+)/gm)).toEqual([
      ...["Id", "Version", "ProviderName", "DefaultLocale", "DisplayName", "Description", "IconUrl"],
      ...["HighResolutionIconUrl", "SupportUrl", "AppDomains", "Hosts", "Requirements", "FormSettings"],
      ...["Permissions", "Rule", "DisableEntityHighlighting", "VersionOverrides"],
    ]);
  });

  test("has two versions, which each define their used resources once, and no other", async () => {
    const versions = (await read("outlook-addin/manifest.xml")).split(/<VersionOverrides /).slice(1);
    expect(versions).toHaveLength(2);
    for (const xml of versions) {
      const defined = values(xml, /<bt:(?:Image|Url|String) id="(.*?)"/g);
      expect([...new Set(defined)]).toEqual(defined);
      expect(new Set(values(xml, /resid="(.*?)"/g))).toEqual(new Set(defined));
      for (const text of values(xml, /<bt:String id="\w+\.Label" DefaultValue="(.*?)"/g)) {
        expect(text.length).toBeLessThanOrEqual(125); // ShortStrings
      }
    }
  });
});

test("the Teams manifest has the scopes of the sign-in", async () => {
  const { webApplicationInfo } = await json("teams-tab/manifest.json");
  const [, scopes] = /const scopes = (\[.*?\]);/.exec(await read("teams-tab/src/main.tsx"))!;
  expect(webApplicationInfo.nestedAppAuthInfo[0].scopes).toEqual(JSON.parse(scopes!));
});

const values = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, value]) => value!);

/** Width and height of a PNG. */
async function pixels(path: string): Promise<number[]> {
  expect(existsSync(file(path))).toBe(true);
  const png = await readFile(file(path));
  expect(png.subarray(1, 4).toString()).toBe("PNG");
  return [png.readUInt32BE(16), png.readUInt32BE(20)];
}
