import { homedir } from "node:os";
import { join } from "node:path";
import { quoted, setVariable } from "../../src/cli/commandLine";
import { stateFolder } from "../../src/cli/kept";
import { barLine } from "../../src/cli/progress";
import { bytes, shortened } from "../../src/cli/words";
import { workItemAt } from "../../src/cli/workItem";

describe("a work item is found by", () => {
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
    expect(workItemAt(given, organization)).toEqual({ organizationUrl, path });
  });

  test.each([
    ["https://tfs.example/tfs/Main/MyProject/_workitems/edit/299", undefined],
    ["https://dev.azure.com/fabrikam-other/MyProject/_workitems/edit/299", "fabrikam"],
    ["https://dev.azure.com.evil.example/fabrikam/MyProject/_workitems/edit/299", undefined],
    ["http://dev.azure.com/fabrikam/MyProject/_workitems/edit/299", undefined],
    ["https://dev.azure.com/fabrikam/MyProject", undefined],
    ["MyProject/299", undefined],
    ["MyProject/299", "http://tfs.example"],
  ])("but not by %s of %s, for the token goes nowhere that was not named", (given, organization) => {
    expect(() => workItemAt(given, organization)).toThrow();
  });
});

test.each([
  ["report.zip", "report.zip", "report.zip"],
  ["/me/messages/AA=", "/me/messages/AA=", "/me/messages/AA="],
  ["my file's.zip", "'my file'\\''s.zip'", '"my file\'s.zip"'],
  ["$(rm -rf ~)", "'$(rm -rf ~)'", '"$(rm -rf ~)"'],
  ["", "''", '""'],
])("%s is quoted for each shell", (argument, posix, windows) => {
  expect([quoted(argument, false), quoted(argument, true)]).toEqual([posix, windows]);
});

test("variables are set as each shell has it", () => {
  expect(setVariable("A", "it's", false)).toBe("export A='it'\\''s'");
  expect(setVariable("A", "it's", true)).toBe("$env:A = 'it''s'");
});

test("what is kept lies where each system has it", () => {
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
  expect(bytes(count)).toBe(text);
});

test("long names lose their middle, never half a character", () => {
  expect(shortened("short.zip", 9)).toBe("short.zip");
  expect(shortened("a-long-name.zip", 9)).toBe("a-lo….zip");
  expect([...shortened("😀".repeat(20), 9)]).toHaveLength(9);
});

test("the bar fits every width, whatever it shows", () => {
  const moment = { name: "a name that is rather long.zip", eta: 3599, total: 157_286_400 };
  for (let columns = 20; columns <= 200; columns++)
    for (const value of [0, 78_643_200, 157_286_400])
      for (const waiting of ["", "status 503, again in 12 s", "no answer, again in 5 min"])
        expect(barLine({ ...moment, value, waiting }, columns).length).toBeLessThan(columns);
});
