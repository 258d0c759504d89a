import type { Settings, UploadProgress } from "../options.js";
import type { UploadPlan } from "../upload/session.js";

/** Lets the files report their progress together. */
export function counting(plans: readonly UploadPlan[], onProgress: Settings["onProgress"]): readonly UploadPlan[] {
  if (!onProgress) return plans;
  const total = plans.reduce((sum, { file }) => sum + file.size, 0);
  const loaded = plans.map(() => 0);
  return plans.map((plan, index) => {
    const report = (progress: UploadProgress) => {
      loaded[index] = progress.loaded;
      onProgress({ loaded: loaded.reduce((sum, one) => sum + one), total, file: plan.file.name, index });
    };
    return { ...plan, service: plan.service.with({ ...plan.service.settings, onProgress: report }) };
  });
}
