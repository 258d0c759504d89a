export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Median and middle half of a series. */
export function spread(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share) => sorted[Math.round(share * (sorted.length - 1))];
  return { median: median(sorted), low: at(0.25), high: at(0.75) };
}

/** Median and middle half of the quotients of two series that were measured in pairs. */
export function ratio(values, base) {
  return spread(values.map((value, index) => value / base[index]));
}

/** Median and middle half of the differences of two series that were measured in pairs. */
export function difference(values, base) {
  return spread(values.map((value, index) => value - base[index]));
}
