import { homedir } from "node:os";
import { join } from "node:path";
import { quote, setVariable } from "../../src/cli/commandLine";
import { explain } from "../../src/cli/explain";
import { formatBytes, shorten } from "../../src/cli/format";
import { barLine, Speed } from "../../src/cli/progress";
import { parseRecipients } from "../../src/cli/recipients";
import { stateFolder } from "../../src/cli/stateFolder";
import { parseWorkItem } from "../../src/cli/workItem";
import { UploadError } from "../../src/index";

describe("a work item is read from", () => {
  const path = "/MyProject/_apis/wit/workitems/299";
  const services = "https://dev.azure.com/fabrikam";
  test.each([
    ["MyProject/299", "fabrikam", services, path],
    ["MyProject/299", `${services}/`, services, path],
    ["My Project/299", "fabrikam", services, "/My%20Project/_apis/wit/workitems/299"],
    [`${services}/MyProject/_workitems/edit/299`, undefined, services, path],
    [`${services}/MyProject/_workitems/edit/299/?triage=true`, "fabrikam", services, path],
    [`${services}/MyProject/_apis/wit/workItems/299?api-version=7.1`, undefined, services, path],
    [`${services}/_apis/wit/workitems/299`, undefined, services, "/_apis/wit/workitems/299"],
    [
      "https://fabrikam.visualstudio.com/MyProject/_workitems/edit/299",
      undefined,
      "https://fabrikam.visualstudio.com",
      path,
    ],
    [
      "https://fabrikam.visualstudio.com/DefaultCollection/MyProject/_workitems/edit/299",
      undefined,
      "https://fabrikam.visualstudio.com/DefaultCollection",
      path,
    ],
    [
      "https://tfs.example/tfs/Main/MyProject/_workitems/edit/299",
      "https://tfs.example/tfs/Main",
      "https://tfs.example/tfs/Main",
      path,
    ],
  ])("%s of %s", (given, organization, organizationUrl, path) => {
    expect(parseWorkItem(given, organization)).toEqual({ organizationUrl, path });
  });

  test.each([
    ["https://tfs.example/tfs/Main/MyProject/_workitems/edit/299", undefined],
    ["https://dev.azure.com/fabrikam-other/MyProject/_workitems/edit/299", "fabrikam"],
    ["https://dev.azure.com.evil.example/fabrikam/MyProject/_workitems/edit/299", undefined],
    ["http://dev.azure.com/fabrikam/MyProject/_workitems/edit/299", undefined],
    ["https://dev.azure.com/fabrikam/MyProject", undefined],
    ["MyProject/299", undefined],
    ["MyProject/299", "http://tfs.example"],
  ])("but not from %s of %s, because the token is sent only to the named organization", (given, organization) => {
    expect(() => parseWorkItem(given, organization)).toThrow();
  });
});

test.each([
  ["report.zip", "report.zip", "report.zip"],
  ["/me/messages/AA=", "/me/messages/AA=", "/me/messages/AA="],
  ["my file's.zip", "'my file'\\''s.zip'", '"my file\'s.zip"'],
  ["$(rm -rf ~)", "'$(rm -rf ~)'", '"$(rm -rf ~)"'],
  ["", "''", '""'],
])("%s is quoted for each shell", (argument, posix, windows) => {
  expect([quote(argument, false), quote(argument, true)]).toEqual([posix, windows]);
});

test("a variable is set in the syntax of each shell", () => {
  expect(setVariable("A", "it's", false)).toBe("export A='it'\\''s'");
  expect(setVariable("A", "it's", true)).toBe("$env:A = 'it''s'");
});

test("the state folder follows the rules of each system", () => {
  const fallback = join(homedir(), ".local/state/graph-large-attachments");
  expect(stateFolder({ XDG_STATE_HOME: "/var/mine" }, "linux")).toBe("/var/mine/graph-large-attachments");
  expect(stateFolder({ XDG_STATE_HOME: "mine" }, "linux")).toBe(fallback);
  expect(stateFolder({}, "darwin")).toBe(fallback);
  expect(stateFolder({ LOCALAPPDATA: "/local" }, "win32")).toBe("/local/graph-large-attachments");
});

test.each([
  [0, "0 bytes"],
  [999, "999 bytes"],
  [1000, "1.0 kB"],
  [999_949, "999.9 kB"],
  [999_950, "1.0 MB"],
  [157_286_400, "157.3 MB"],
  [250_000_000_000, "250.0 GB"],
])("%d is %s", (count, text) => {
  expect(formatBytes(count)).toBe(text);
});

test("a long name is cut in its middle, never inside a character", () => {
  expect(shorten("short.zip", 9)).toBe("short.zip");
  expect(shorten("a-long-name.zip", 9)).toBe("a-lo….zip");
  expect([...shorten("😀".repeat(20), 9)]).toHaveLength(9);
});

test("the bar fits every width", () => {
  const moment = { name: "a name that is rather long.zip", rate: 43_690, total: 157_286_400 };
  for (let columns = 20; columns <= 200; columns++)
    for (const value of [0, 78_643_200, 157_286_400])
      for (const waiting of ["", "status 503, retry in 12 s", "no reply, retry in 5 min"])
        expect(barLine({ ...moment, value, waiting }, columns).length).toBeLessThan(columns);
});

test("the bar shows the rate and the time left", () => {
  const line = barLine({ name: "a.zip", value: 50_000_000, total: 100_000_000, rate: 5_000_000, waiting: "" }, 100);
  expect(line).toContain(" 50 %  50.0 MB of 100.0 MB  5.0 MB/s  10 s left");
});

test("the rate is that of the last seconds", () => {
  const speed = new Speed();
  expect(speed.rate).toBeUndefined();
  speed.add(0, 0);
  speed.add(1_000_000, 20_000);
  speed.add(5_000_000, 22_000);
  expect(speed.rate).toBe(2_000_000);
});

test("recipients are separated by commas or semicolons, with or without a name", () => {
  const adele = { emailAddress: { address: "adele@contoso.com", name: "Vance, Adele" } };
  const alex = { emailAddress: { address: "alex@contoso.com" } };
  expect(parseRecipients(['"Vance, Adele" <adele@contoso.com>, alex@contoso.com'])).toEqual([adele, alex]);
  expect(parseRecipients(["alex@contoso.com;", " alex@contoso.com"])).toEqual([alex, alex]);
  expect(parseRecipients(["Alex Wilber <alex@contoso.com>"])).toEqual([
    { emailAddress: { address: "alex@contoso.com", name: "Alex Wilber" } },
  ]);
  for (const wrong of ["Adele", "a@x, Adele", "Adele <Vance>", "a b@x"])
    expect(() => parseRecipients([wrong])).toThrow(/is not a mail address/);
});

test("an error names the file, keeps the first sentence, and tells the id of what is uncertain", () => {
  const situation = {
    credential: "The token",
    check: "Check Sent Items before you send the mail again.",
    file: "a.zip",
  };
  const error = new UploadError("uncertain", "The message may have been sent. Call it again.", { item: "AAMk" });
  expect(explain(error, situation)).toEqual({
    exitCode: 4,
    code: "uncertain",
    message: "a.zip: The message may have been sent.",
    hint: "Check Sent Items before you send the mail again. Its id is AAMk.",
  });
  const tooLarge = new UploadError("tooLarge", "a.zip has 200 MB; Outlook takes up to 157 MB. Call attach.");
  expect(explain(tooLarge, situation)).toMatchObject({
    exitCode: 2,
    message: "a.zip has 200 MB; Outlook takes up to 157 MB.",
  });
});
