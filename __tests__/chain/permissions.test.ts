import { startEmulator, type Emulator } from "../../src/emulator/index.js";
import { withLargeAttachments } from "../../src/index.js";
import { clientOf, fileOf } from "../support/graph.js";

let emulator: Emulator;
beforeAll(async () => void (emulator = await startEmulator()));
beforeEach(() => emulator.reset());
afterAll(() => emulator.close());

const body = { error: { code: "accessDenied", message: "Access denied" } };

test.each([
  ["/me/drive/root:/a.bin:", "Files.ReadWrite"],
  ["/me/drive/special/approot:/a.bin:", "Files.ReadWrite.AppFolder"],
  ["/sites/contoso/drive/root:/a.bin:", "Files.ReadWrite.All"],
  ["/groups/7/drive/root:/a.bin:", "Files.ReadWrite.All"],
  ["/drives/b!7/root:/a.bin:", "Files.ReadWrite.All"],
])("a 403 for %s names the permission %s, as docs/permissions.md does", async (path, permission) => {
  emulator.fault({ on: { kind: "create" }, times: 9, status: 403, body });
  const client = withLargeAttachments(clientOf(emulator), { delay: 1 });
  const error = await client
    .api(path)
    .attach(fileOf(5_000_000))
    .catch((reason: unknown) => reason);
  expect(error).toMatchObject({
    statusCode: 403,
    message: expect.stringMatching(`This may need the permission ${permission.replaceAll(".", "\\.")}[.,]`),
  });
});
