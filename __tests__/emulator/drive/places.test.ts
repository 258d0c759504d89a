/** Where drives are reported to refuse what is documented, and what they change. */
import { useDrive } from "./support";

const drive = useDrive();

test("a file's description and dates are changed by PATCH, in the right form", async () => {
  const { id, path } = drive.emulator.drive.addFile("/a.txt", Buffer.from("a"));
  const fileSystemInfo = { createdDateTime: "2001-02-03T04:05:06Z" };
  const response = await drive.graph("PATCH", path, { description: "A", fileSystemInfo });
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ id, description: "A", fileSystemInfo });
  for (const body of [{ name: "b?.txt" }, { description: 1 }, { fileSystemInfo: "x" }])
    expect((await drive.graph("PATCH", path, body)).status).toBe(400);
});

test("an app's folder is there, or made when it is read", async () => {
  const place = "/me/drive/special/approot";
  drive.vary({ driveAppFolder: "whenRead" });
  expect((await drive.graph("POST", `${place}:/a.bin:/createUploadSession`)).status).toBe(404);
  expect((await drive.graph("GET", `${place}/children`)).status).toBe(404);
  expect((await drive.graph("GET", place)).status).toBe(200);
  expect((await drive.graph("POST", `${place}:/a.bin:/createUploadSession`)).status).toBe(200);
});

test("a session by a file's id is opened, or refused with the reported words", async () => {
  const { path } = drive.emulator.drive.addFile("/a.bin", Buffer.from("a"));
  drive.vary({ driveSessionById: "refuse" });
  const refused = await drive.graph("POST", `${path}/createUploadSession`);
  expect(refused.status).toBe(400);
  expect((await refused.json()).error.message).toBe("File name not provided in url.");
  expect((await drive.graph("POST", "/me/drive/root:/a.bin:/createUploadSession")).status).toBe(200);
  drive.vary({ driveSessionById: "accept", driveSecondSession: "accept" });
  expect((await drive.graph("POST", `${path}/createUploadSession`)).status).toBe(200);
});

test("guests are invited, refused in part, or a reason to refuse everybody", async () => {
  const { path } = drive.emulator.drive.addFile("/a.bin", Buffer.from("a"));
  const emails = ["adele@contoso.example", "guest@fabrikam.example"];
  const body = { recipients: emails.map((email) => ({ email })), roles: ["read"] };
  expect((await drive.graph("POST", `${path}/invite`, body)).status).toBe(200);
  drive.vary({ driveGuests: "partly" });
  const partly = await drive.graph("POST", `${path}/invite`, body);
  expect(partly.status).toBe(207);
  const { value } = await partly.json();
  expect(value.map((one: { error?: unknown }) => one.error !== undefined)).toEqual([false, true]);
  drive.vary({ driveGuests: "refuse" });
  expect((await drive.graph("POST", `${path}/invite`, body)).status).toBe(400);
});
