/** Median and middle half of a series. Between two samples it interpolates, so that few samples have a spread too. */
export function spread(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share) => {
    const place = share * (sorted.length - 1);
    const [below, above] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
    return below + (place % 1) * (above - below);
  };
  return { median: at(0.5), low: at(0.25), high: at(0.75) };
}

export const median = (values) => spread(values).median;

/** Median and middle half of the quotients of two series that were measured in pairs. */
export function ratio(values, base) {
  return spread(values.map((value, index) => value / base[index]));
}

/** Median and middle half of the differences of two series that were measured in pairs. */
export function difference(values, base) {
  return spread(values.map((value, index) => value - base[index]));
}
