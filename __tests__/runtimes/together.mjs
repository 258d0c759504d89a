// The smoke suite with the emulator in the same process, as users' own tests have it: trusted by its own client options.
import { Client, GraphError } from "@microsoft/microsoft-graph-client";
import { createAzureDevOpsClient, LargeAttachmentTask, withLargeAttachments } from "graph-large-attachments";
import { startEmulator } from "graph-large-attachments/emulator";
import { openDoor } from "./emulatorDoor.mjs";
import { runHere } from "./runHere.mjs";

const emulator = await startEmulator();
const kit = { Client, GraphError, createAzureDevOpsClient, LargeAttachmentTask, withLargeAttachments };
await runHere(kit, await openDoor(emulator), () => emulator.clientOptions.fetchOptions);
