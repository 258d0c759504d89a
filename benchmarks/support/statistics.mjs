export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Median and middle half of the quotients of two series that were measured in pairs. */
export function ratio(values, base) {
  const quotients = values.map((value, index) => value / base[index]).sort((a, b) => a - b);
  const at = (share) => quotients[Math.round(share * (quotients.length - 1))];
  return { median: median(quotients), low: at(0.25), high: at(0.75) };
}
