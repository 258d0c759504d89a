/** Throws, with both sides, where two values of JSON differ; the order of members does not matter. */
export function equal(found, expected) {
  const [one, other] = [canonical(found), canonical(expected)];
  if (one !== other) throw new Error(`Expected ${other}, found ${one}`);
}

function canonical(value) {
  return JSON.stringify(value, (_key, inner) =>
    inner !== null && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
      : inner,
  );
}

/** The error that `work` rejects with. Throws if it does not. */
export async function rejection(work) {
  const value = await work.catch((error) => ({ error }));
  if (value?.error) return value.error;
  throw new Error(`It did not reject, but answered ${JSON.stringify(value)}`);
}

/** Looks again and again until it is so. */
export async function until(what, isSo) {
  for (const end = Date.now() + 15_000; !(await isSo());) {
    if (Date.now() > end) throw new Error(`This did not come: ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** `work`, or an error where it takes longer. */
export async function within(milliseconds, work) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`It had not ended after ${milliseconds / 1000} s.`)), milliseconds);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
