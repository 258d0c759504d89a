import { JSDOM } from "jsdom";
import { openSource } from "../../src/files/open.js";
import { count, thrownBy } from "../support/fakes";

const bytes = count(100);
const globals = Object.getOwnPropertyDescriptor(globalThis, "FileReader");
const setReader = (value: unknown) => Object.defineProperty(globalThis, "FileReader", { value, configurable: true });
afterEach(() => {
  if (globals) Object.defineProperty(globalThis, "FileReader", globals);
  else Reflect.deleteProperty(globalThis, "FileReader");
});

test("a page's File is read in jsdom, any part of it", async () => {
  const { File, Blob, FileReader } = new JSDOM().window;
  setReader(FileReader);
  const file = new File([new Blob([bytes.slice(0, 60)]), bytes.slice(60)], "a.pdf", { type: "application/pdf" });
  const content = openSource(file);
  expect(content).toMatchObject({ size: 100, name: "a.pdf", type: "application/pdf" });
  for (const [start, end] of [
    [0, 100],
    [55, 65],
    [100, 100],
  ] as const)
    // prettier-ignore
    expect(Buffer.from(await content.read(start, end))).toEqual(Buffer.from(bytes.slice(start, end)));
  expect(content.slice).toBeUndefined(); // no fetch sends the Blob of another realm unread
});

test("a File of jsdom that is picked outside of a page says what is missing, and is not read as the name of its class", async () => {
  const { File } = new JSDOM().window;
  const content = openSource(new File(["thirteen byte"], "a.txt")); // as long as "[object File]"
  expect(await thrownBy(() => content.read(0, 13))).toMatchObject({
    code: "source",
    message: expect.stringContaining("a global FileReader"),
  });
});

test("a File that FileReader cannot read is reported, with the reason", async () => {
  const { File } = new JSDOM().window;
  const gone = new Error("gone");
  setReader(
    class {
      onerror = () => {};
      readonly error = gone;
      readAsArrayBuffer = () => void setTimeout(() => this.onerror());
    },
  );
  const error = await thrownBy(() => openSource(new File(["a"], "a.txt")).read(0, 1));
  expect(error).toMatchObject({ code: "source", message: "The file could not be read.", cause: gone });
});
