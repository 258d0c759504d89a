/** @jest-environment @happy-dom/jest-environment */
import { openSource } from "../../src/files/open.js";
import { bodyInit } from "../../src/http/requestBody.js";

const bytes = Uint8Array.from({ length: 100 }, (_, at) => at);

test("a page's File is read in happy-dom, any part of it", async () => {
  const file = new File([new Blob([bytes.slice(0, 60)]), bytes.slice(60)], "a.pdf", { type: "application/pdf" });
  const content = openSource(file);
  expect(content).toMatchObject({ size: 100, name: "a.pdf", type: "application/pdf" });
  expect([...(await content.read(0, 100))]).toEqual([...bytes]);
  expect([...(await content.read(55, 65))]).toEqual([...bytes.slice(55, 65)]);
});

test("happy-dom's own fetch gets its own Blob", async () => {
  expect(bodyInit(bytes, fetch).body).toBeInstanceOf(Blob);
});
