/** Runs jobs, at most so many at once, in their order; answers their results. */
export async function pool(jobs, most) {
  const results = [];
  const waiting = jobs.map((job, index) => async () => (results[index] = await job()));
  const worker = async () => {
    while (waiting.length > 0) await waiting.shift()();
  };
  await Promise.all(Array.from({ length: most }, worker));
  return results;
}
