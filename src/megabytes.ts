/** Bytes as people read them: `151 MB`. */
export function inMegabytes(bytes: number): string {
  if (bytes < 1_000_000) return `${bytes} bytes`;
  return `${Number((bytes / 1_000_000).toPrecision(3))} MB`;
}
