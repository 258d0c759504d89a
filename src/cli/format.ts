const UNITS = ["bytes", "kB", "MB", "GB", "TB"];

/** Formats a number of bytes for people, as `20.0 MB`. */
export function formatBytes(count: number): string {
  let [value, unit] = [count, 0];
  while (value >= 999.95 && unit < UNITS.length - 1) [value, unit] = [value / 1000, unit + 1];
  return `${unit === 0 ? value : value.toFixed(1)} ${UNITS[unit]}`;
}

/** Formats a number of seconds for people, as `12 s` or `3 min`. */
export function formatSeconds(seconds: number): string {
  return seconds < 60 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;
}

/** Cuts text to at most `limit` characters. It cuts the middle, because names differ at their ends. */
export function shorten(text: string, limit: number): string {
  const characters = [...text];
  if (characters.length <= limit) return text;
  const head = Math.ceil((limit - 1) / 2);
  return [...characters.slice(0, head), "…", ...characters.slice(characters.length - (limit - 1 - head))].join("");
}

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Turns text into a sentence: a capital letter first, a full stop last. */
export function sentence(text: string): string {
  const trimmed = text.trim();
  const ended = /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
  return capital(ended);
}
