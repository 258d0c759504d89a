/** Bytes as people read them: `151 MB`. */
export function inMegabytes(bytes: number): string {
  if (bytes < 1_000_000) return `${bytes} bytes`;
  const [unit, name] = bytes < 1_000_000_000 ? [1_000_000, "MB"] : [1_000_000_000, "GB"];
  return `${Number((bytes / unit).toPrecision(3))} ${name}`;
}

/** A size and the limit that it is over: in bytes if they read alike in megabytes. */
export function sizeAndLimit(size: number, limit: number): readonly [size: string, limit: string] {
  const [one, other] = [inMegabytes(size), inMegabytes(limit)];
  return one === other ? [`${size} bytes`, `${limit} bytes`] : [one, other];
}
