// The Graph client's own upload tasks, as applications use them.
import {
  Client,
  LargeFileUploadTask,
  OneDriveLargeFileUploadTask,
  FileUpload,
} from "@microsoft/microsoft-graph-client";
import { bytes, hashesInDrive, same, sha256 } from "./files.mjs";
import { versionOf } from "./packages.mjs";

const name = "@microsoft/microsoft-graph-client";
const large = bytes(9_000_000);

export const graphClient = {
  name,
  version: () => versionOf(".", name),
  cannot: [
    "Return the new attachment's id: `LargeFileUploadTask` gives the headers of the last response.",
    "Upload an empty file.",
  ],
  prepare: ({ emulator }) => ({
    client: Client.init({ authProvider: (done) => done(null, emulator.token) }),
  }),
  jobs: {
    "attaches 9 MB to a message with `LargeFileUploadTask`": async ({ emulator, client }) => {
      const message = emulator.addMessage();
      const AttachmentItem = { attachmentType: "file", name: "report.pdf", size: large.length };
      const url = `${message.path}/attachments/createUploadSession`;
      const session = await LargeFileUploadTask.createUploadSession(client, url, { AttachmentItem });
      const file = new FileUpload(large, "report.pdf", large.length);
      await new LargeFileUploadTask(client, file, session, { rangeSize: 3_276_800 }).upload();
      same(
        emulator.attachments(message).map((each) => each.sha256),
        [sha256(large)],
      );
    },
    "uploads 9 MB to a drive with `OneDriveLargeFileUploadTask`": async ({ emulator, client }) => {
      const options = { fileName: "naïve & 100% #1.zip", path: "/Reports", rangeSize: 3_276_800 };
      const task = await OneDriveLargeFileUploadTask.createTaskWithFileObject(
        client,
        new FileUpload(large, options.fileName, large.length),
        { ...options, uploadSessionURL: undefined },
      );
      const { responseBody } = await task.upload();
      same(hashesInDrive(emulator), { [`Reports/${options.fileName}`]: sha256(large) });
      same(responseBody.id, emulator.drive.files()[0].id);
    },
    "resumes after a lost range": async ({ emulator, client }) => {
      emulator.fault({ on: { kind: "range", range: 1 }, reset: "after" });
      const file = new FileUpload(large, "resumed.zip", large.length);
      const task = await OneDriveLargeFileUploadTask.createTaskWithFileObject(client, file, {
        ...{ fileName: "resumed.zip", rangeSize: 3_276_800 },
      });
      await task.upload().catch(() => task.resume());
      same(hashesInDrive(emulator)["resumed.zip"], sha256(large));
    },
    "cancels an upload": async ({ emulator, client }) => {
      const file = new FileUpload(large, "cancelled.zip", large.length);
      const task = await OneDriveLargeFileUploadTask.createTaskWithFileObject(client, file, {
        fileName: "cancelled.zip",
      });
      await task.cancel();
      same(emulator.sessions.at(-1).state, "deleted");
    },
  },
};
