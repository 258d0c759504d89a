const UNITS = ["bytes", "kB", "MB", "GB", "TB"];

/** A size as people read it: three digits or so. */
export function bytes(count: number): string {
  let [value, unit] = [count, 0];
  while (value >= 999.95 && unit < UNITS.length - 1) [value, unit] = [value / 1000, unit + 1];
  return `${unit === 0 ? value : value.toFixed(1)} ${UNITS[unit]}`;
}

/** Text of at most so many characters, cut in its middle, where names differ least. */
export function shortened(text: string, most: number): string {
  const characters = [...text];
  if (characters.length <= most) return text;
  const head = Math.ceil((most - 1) / 2);
  return [...characters.slice(0, head), "…", ...characters.slice(characters.length - (most - 1 - head))].join("");
}
