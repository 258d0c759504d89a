import { startEmulator, type Emulator } from "../../src/emulator/index.js";

let emulator: Emulator;
beforeAll(async () => void (emulator = await startEmulator()));
afterAll(() => emulator.close());

const any = (value: unknown) => value as never;

test("an unknown option of startEmulator is told with the one that may be meant", async () => {
  await expect(startEmulator(any({ tokn: "x" }))).rejects.toThrow(
    'The emulator has no option "tokn"; did you mean token?',
  );
  await expect(startEmulator(any({ vary: { drivekind: "personal" } }))).rejects.toThrow(
    'The emulator has no variation "drivekind"; did you mean driveKind?',
  );
});

test.each<[string, () => unknown, string]>([
  [
    "variation",
    () => emulator.vary(any({ sesionSeconds: 1 })),
    'no variation "sesionSeconds"; did you mean sessionSeconds?',
  ],
  ["member of a fault", () => emulator.fault(any({ statu: 503 })), 'no fault with "statu"; did you mean status?'],
  ["member of on", () => emulator.fault(any({ on: { kinds: "range" } })), 'no fault on "kinds"; did you mean kind?'],
  ["kind", () => emulator.fault(any({ on: { kind: "ranges" }, status: 503 })), 'no kind "ranges"; did you mean range?'],
  ["origin", () => emulator.fault(any({ on: { origin: "outlok" } })), 'no origin "outlok"; did you mean outlook?'],
  ["variation without a likeness", () => emulator.vary(any({ xyz: 1 })), 'no variation "xyz".'],
])("an unknown %s is told, because it would never take effect", (_, work, message) => {
  expect(work).toThrow(`The emulator has ${message}`);
  expect(emulator.unusedFaults()).toEqual([]);
});

test("undefined members are no mistake", () => {
  emulator.vary(any({ xyz: undefined }));
  emulator.fault(any({ statu: undefined, status: 503 }));
  emulator.reset();
});
