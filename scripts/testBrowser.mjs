// Runs the browser tests in the browsers of Debian's packages, and installs missing ones.
// Arguments go to Jest: npm run test:browser -- -t "Firefox"
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";

const programs = {
  chromium: "/usr/bin/chromium",
  "firefox-esr": "/usr/bin/firefox-esr",
  "webkit2gtk-driver": "/usr/bin/WebKitWebDriver",
  xvfb: "/usr/bin/Xvfb",
};
const missing = () => Object.keys(programs).filter((name) => !existsSync(programs[name]));

function install(packages) {
  if (!existsSync("/usr/bin/apt-get")) {
    console.error(`Missing: ${packages.join(", ")}. They are Debian's packages, and this system has no apt-get.`);
    process.exit(1);
  }
  const aptGet = process.getuid() === 0 ? ["apt-get"] : ["sudo", "-n", "apt-get"];
  const run = (...args) => {
    const [program, ...rest] = [...aptGet, ...args];
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    execFileSync(program, rest, { env, stdio: ["ignore", "ignore", "inherit"] });
  };
  console.log(`Installing ${packages.join(", ")}`);
  run("update", "-qq");
  run("install", "-y", "-qq", "--no-install-recommends", ...packages);
}

/** Lists the browsers that will run, with the package versions that dpkg knows. */
function versions() {
  const format = "${Package} ${Version}\n";
  const { stdout } = spawnSync("dpkg-query", ["-W", "-f", format, ...Object.keys(programs)], { encoding: "utf8" });
  return stdout ?? "";
}

if (missing().length > 0) install(missing());
console.log(versions());

const jest = createRequire(import.meta.url).resolve("jest/bin/jest");
const { status } = spawnSync(process.execPath, [jest, "--config", "jest.browser.config.js", ...process.argv.slice(2)], {
  stdio: "inherit",
});
process.exit(status ?? 1);
