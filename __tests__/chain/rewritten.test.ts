/** Files that SharePoint changes after the upload, so that they have another size. */
import { Client } from "@microsoft/microsoft-graph-client";
import { startEmulator, type Emulator } from "../../src/emulator/index.js";
import { defaultVariations } from "../../src/emulator/variations.js";
import { withLargeAttachments, type AttachOptions, type UploadError } from "../../src/index.js";
import { clientOf, fileOf } from "../support/graph.js";

const unit = 327_680;
const large = fileOf(2 * unit + 77);
const older = fileOf(50);

let emulator: Emulator;
let client: Client;
beforeAll(async () => void (emulator = await startEmulator()));
beforeEach(() => {
  emulator.reset();
  emulator.vary({ ...defaultVariations, driveRewrittenBytes: 7_000 });
  client = withLargeAttachments(clientOf(emulator), { threshold: 9_999, rangeSize: unit, delay: 1, retries: 2 });
});
afterEach(() => emulator.verifyFaults());
afterAll(() => emulator.close());

const lost = { on: { kind: "range", range: "last" }, reset: "after" } as const;
const attach = (path: string, options: AttachOptions = {}) => client.api(path).attach(new Blob([large]), options);
const failed = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: UploadError) => error,
  );

test("an Office file or a picture has another size afterwards, which is no error", async () => {
  for (const name of ["a.docx", "b.JPG"]) {
    expect(await attach(`/me/drive/root:/${name}:`)).toMatchObject({ name, size: large.length + 7_000 });
  }
  expect(await attach("/me/drive/root:/c.zip:")).toMatchObject({ size: large.length });
});

test.each(["fail", "replace", "rename"] as const)(
  "a last reply that is lost is decided by a path where nothing was before, with %s",
  async (conflictBehavior) => {
    for (const name of ["a.docx", "a.xlsx", "a.pptx", "a.jpeg", "a.png", "a.heic"]) {
      emulator.reset();
      emulator.fault(lost);
      const made = await attach(`/me/drive/root:/Reports/${name}:`, { conflictBehavior });
      expect(made).toMatchObject({ id: emulator.drive.file(`/Reports/${name}`).id, name });
      expect(emulator.requests.filter(({ kind }) => kind === "range")).toHaveLength(3);
    }
  },
);

test("a last reply that is lost stays uncertain where a file was before", async () => {
  emulator.drive.addFile("/a.docx", older);
  emulator.fault(lost);
  const error = await failed(attach("/me/drive/root:/a.docx:", { conflictBehavior: "replace" }));
  expect(error).toMatchObject({ code: "uncertain", message: expect.stringMatching(/a\.docx.*Check the folder/s) });
  expect(error!.message).not.toMatch(/attachments/);
});

test("a file of another size that no service rewrites is not taken for the upload", async () => {
  emulator.fault({ ...lost, reset: "before" }, { on: { kind: "status" }, status: 404 });
  const putAnother = ({ loaded }: { loaded: number }) =>
    void (loaded === 2 * unit && emulator.drive.addFile("/a.zip", older));
  const error = await failed(attach("/me/drive/root:/a.zip:", { onProgress: putAnother }));
  expect(error).toMatchObject({ code: "uncertain" });
});
