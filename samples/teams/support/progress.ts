import { SingleBar } from "cli-progress";
import type { UploadProgress } from "graph-large-attachments";

/** Shows the progress of an upload of `total` bytes: a bar on a terminal, elsewhere a line at each tenth. */
export async function withProgress<T>(
  label: string,
  total: number,
  upload: (onProgress: (progress: UploadProgress) => void) => Promise<T>,
): Promise<T> {
  const { show, stop } = process.stdout.isTTY ? bar(label, total) : lines(label);
  try {
    return await upload(show);
  } finally {
    stop();
  }
}

function bar(label: string, total: number) {
  const format = `${label} [{bar}] {percentage}% | {value} of {total} bytes`;
  const bar = new SingleBar({ format, stream: process.stdout });
  bar.start(total, 0);
  return { show: ({ loaded }: UploadProgress) => bar.update(loaded), stop: () => bar.stop() };
}

function lines(label: string) {
  let shown = 0;
  const show = ({ loaded, total }: UploadProgress) => {
    const tenths = Math.floor((loaded / total) * 10);
    if (tenths > shown) console.log(`${label}: ${loaded} of ${total} bytes`);
    shown = tenths;
  };
  return { show, stop: () => {} };
}
