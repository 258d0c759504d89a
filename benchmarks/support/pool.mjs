/** Runs jobs in their order, a limited number at the same time, and returns their results. */
export async function pool(jobs, most) {
  const results = [];
  const waiting = jobs.map((job, index) => async () => (results[index] = await job()));
  const worker = async () => {
    while (waiting.length > 0) await waiting.shift()();
  };
  await Promise.all(Array.from({ length: most }, worker));
  return results;
}
