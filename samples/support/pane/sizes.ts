const MEGABYTE = 1_048_576;

/** Formats a size: "820 KB", "3.4 MB", "120 MB". */
export function size(bytes: number): string {
  if (bytes < MEGABYTE) return `${Math.ceil(bytes / 1024)} KB`;
  const megabytes = bytes / MEGABYTE;
  return `${Number(megabytes.toFixed(megabytes < 10 ? 1 : 0))} MB`;
}

/** Formats a progress: "3.4 of 120 MB", with the unit once if it is the same. */
export function progress(loaded: number, total: number): string {
  const [done, whole] = [size(loaded), size(total)];
  const unit = whole.slice(-3);
  return `${done.endsWith(unit) ? done.slice(0, -3) : done} of ${whole}`;
}
