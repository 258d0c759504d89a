import { tell } from "../callbacks.js";
import type { UploadProgress } from "../reports.js";
import type { Settings } from "../settings.js";
import type { Job } from "../upload/job.js";

/** Adds up the progress of several files, and has errors say which one failed. */
export function withTotalProgress(given: readonly Job[], onProgress: Settings["onProgress"]): readonly Job[] {
  const jobs = given.map((job) => ({ ...job, several: given.length > 1 }));
  if (!onProgress) return jobs;
  const total = jobs.reduce((sum, { file }) => sum + file.size, 0);
  const loaded = jobs.map(() => 0);
  return jobs.map((job, index) => {
    const report = (progress: UploadProgress) => {
      loaded[index] = progress.loaded;
      const all = loaded.reduce((sum, one) => sum + one);
      tell(onProgress, { loaded: all, total, file: job.file.name, index });
    };
    return { ...job, service: job.service.with({ onProgress: report }) };
  });
}
