const { default: Sequencer } = require("@jest/test-sequencer");

/** Test files that take long though they are small: Jest, until it has timed them, would start them last. */
const first = [
  "docs/blocks",
  "readme/samples",
  "conformance/faults",
  "chain/differential",
  "conformance/ending",
  "docs/testing",
  "docs/yourClient",
  "types/types",
];

module.exports = class extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => (first.some((name) => path.endsWith(`/__tests__/${name}.test.ts`)) ? 0 : 1);
    return super.sort(tests).sort((one, other) => rank(one) - rank(other));
  }
};
