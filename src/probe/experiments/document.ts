import { at, isDone } from "../answer.js";
import { Unexpected, type Experiment } from "../experiment.js";
import type { Lab } from "../lab.js";
import { file, graph } from "../requests.js";
import { sharedFolder } from "./drive.js";

/** A Word document of one line, in base64: the smallest that Word opens. */
const word =
  "UEsDBBQAAAAIAAAAIVyWsN0u5AAAAHUBAAATAAAAW0NvbnRlbnRfVHlwZXNdLnhtbJWQvVLDMAzHX8WnlUscGDiOS9KBjxEYygPo" +
  "bCXx1ZZ9llvat8dpoQMbo/3/+EnqN8fg1YGyuMgD3LYdKGITreN5gM/ta/MASgqyRR+ZBjiRwGbst6dEomqWZYCllPSotZiFAkob" +
  "E3FVppgDlvrMs05odjiTvuu6e20iF+LSlLUDxv6ZJtz7ol6O9fsyRyYvoJ4uxpU1AKbkncFSdX1g+4fS/BDamjx7ZHFJbqoB9Ni/" +
  "1wWzs6Q+MJc3DLVOf8VstY1mHyqiXY3/4sVpcoau+bUt5WhIpF4u+PaqBHT8O4c+n238BlBLAwQUAAAACAAAACFcm/036q0AAAAp" +
  "AQAACwAAAF9yZWxzLy5yZWxzjc87DsIwDAbgq0TeaVoGhFDTLgipKyoHsBI3rWgeSsKjtycDA0UMjLZ/f5br9mlmdqcQJ2cFVEUJ" +
  "jKx0arJawKU/bfbAYkKrcHaWBCwUoW3qM82Y8kocJx9ZNmwUMKbkD5xHOZLBWDhPNk8GFwymXAbNPcorauLbstzx8GnA2mSdEhA6" +
  "VQHrF0//2G4YJklHJ2+GbPpx4iuRZQyakoCHC4qrd7vILPCm5qsXmxdQSwMEFAAAAAgAAAAhXFH6as+bAAAA0AAAABEAAAB3b3Jk" +
  "L2RvY3VtZW50LnhtbEWOQQ6CMBBFr9LMXooujCEU4sYT6AFKOwIJnWnaKnJ7W1y4eZOfn/8ybf9xi3hjiDOTgmNVg0AybGcaFTzu" +
  "t8MFREyarF6YUMGGEfquXRvL5uWQksgCis2qYErJN1JGM6HTsWKPlLsnB6dTjmGUKwfrAxuMMfvdIk91fZZOzwRFObDdyvUFoSB1" +
  "V5EHA7ayhMKw0+/8DeT/me4LUEsBAhQDFAAAAAgAAAAhXJaw3S7kAAAAdQEAABMAAAAAAAAAAAAAAIABAAAAAFtDb250ZW50X1R5" +
  "cGVzXS54bWxQSwECFAMUAAAACAAAACFcm/036q0AAAApAQAACwAAAAAAAAAAAAAAgAEVAQAAX3JlbHMvLnJlbHNQSwECFAMUAAAA" +
  "CAAAACFcUfpqz5sAAADQAAAAEQAAAAAAAAAAAAAAgAHrAQAAd29yZC9kb2N1bWVudC54bWxQSwUGAAAAAAMAAwC5AAAAtQIAAAAA";

/** Uploads the document to a drive, and compares its size there after a while with its bytes. */
async function run(lab: Lab, drive: string): Promise<void> {
  const path = `${await sharedFolder(lab, drive)}/probe.docx`;
  const bytes = Buffer.from(word, "base64");
  const made = await lab.ask(file(`${path}:/content`, bytes));
  if (!isDone(made)) throw new Unexpected(`a new file gets status ${made.status}`);
  await lab.wait(5);
  const { body } = await lab.ask(graph("GET", `${path}?$select=size`));
  const size = at(body, "size");
  if (typeof size === "number") lab.tell("driveRewrittenBytes", size - bytes.length);
}

const facts = {
  driveRewrittenBytes: {
    fact: "Bytes that the service adds to a Word document",
    documented: 0,
    sides: "number" as const,
    client: "The library compares names, and the size that the last response states.",
  },
};

/** The site comes first, because SharePoint is reported to add bytes. */
export const documents: readonly Experiment[] = [
  { name: "a document", service: "site", facts, run: (lab) => run(lab, `/sites/${lab.options.site}/drive`) },
  { name: "a document", service: "drive", facts, run: (lab) => run(lab, `${lab.me}/drive`) },
];
