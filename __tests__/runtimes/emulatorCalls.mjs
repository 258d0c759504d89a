/** Asks the emulator, which runs in another process, as a test in its own process would: `await emulator("addMessage")`. */
export function askAt(control) {
  return async (name, ...given) => {
    const response = await fetch(control + name, { method: "POST", body: JSON.stringify(given) });
    const { value, error } = await response.json();
    if (error !== undefined) throw new Error(`The emulator on ${name}: ${error}`);
    return value;
  };
}
