// Makes xforms-engine.js and qr.js anew from the npm registry: `make vendor`. Every package is fetched by name and version, and refused
// unless its content is the one that packages.json knows (SHA-512). No script of any package runs.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const known = JSON.parse(readFileSync(join(here, "packages.json"), "utf8"));
const work = mkdtempSync(join(tmpdir(), "vendor-"));
const APACHE = "/usr/share/common-licenses/Apache-2.0";

try {
  const platform = (name) => name.startsWith("@esbuild/");
  const dependencies = Object.fromEntries(Object.entries(known).filter(([name]) => !platform(name)).map(([name, { version }]) => [name, version]));
  writeFileSync(join(work, "package.json"), JSON.stringify({ private: true, dependencies }));
  execFileSync("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: work, stdio: "inherit" });
  const found = JSON.parse(readFileSync(join(work, "package-lock.json"), "utf8")).packages;
  const wrong = Object.entries(known).filter(([name, { version, integrity }]) => {
    const got = found["node_modules/" + name];
    return !got || got.version !== version || got.integrity !== integrity;
  });
  const strange = Object.keys(found).filter((path) => path && !known[path.replace(/^node_modules\//, "")] && !/^node_modules\/@(types|esbuild)\//.test(path));
  if (wrong.length || strange.length) throw new Error("not the packages that packages.json knows: " + [...wrong.map(([name]) => name), ...strange].join(", "));

  writeFileSync(join(work, "in.js"), 'export { loadForm } from "@getodk/xforms-engine";\n');
  execFileSync(join(work, "node_modules/.bin/esbuild"), ["in.js", "--bundle", "--minify", "--format=esm", "--target=es2022", "--legal-comments=none",
    "--banner:js=/* @getodk/xforms-engine " + known["@getodk/xforms-engine"].version + " and what it needs; licences: xforms-engine.LICENSE.txt */",
    "--outfile=" + join(here, "xforms-engine.js")], { cwd: work, stdio: "inherit" });

  execFileSync(join(work, "node_modules/.bin/esbuild"), [join(work, "node_modules/qr/decode.js"), "--bundle", "--minify", "--format=esm", "--target=es2022",
    "--legal-comments=none", "--banner:js=/* qr " + known.qr.version + ", the reading half; licence: qr.LICENSE.txt */", "--outfile=" + join(here, "qr.js")],
  { cwd: work, stdio: "inherit" });
  writeFileSync(join(here, "qr.LICENSE.txt"), `qr ${known.qr.version} (MIT)\n\n` + readFileSync(join(work, "node_modules/qr/LICENSE-MIT"), "utf8").trim() + "\n");

  const apache = readFileSync(APACHE, "utf8");
  const parts = Object.entries(known).filter(([name]) => !/^qr$|esbuild/.test(name)).map(([name, { version, license }]) => {
    const folder = join(work, "node_modules", name);
    const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
    return `${name} ${version} (${license})\n\n` + (file ? readFileSync(join(folder, file), "utf8").trim() : license === "Apache-2.0" ? apache.trim() : license + " licence");
  });
  writeFileSync(join(here, "xforms-engine.LICENSE.txt"), parts.join("\n\n" + "-".repeat(80) + "\n\n") + "\n");
} finally {
  rmSync(work, { recursive: true, force: true });
}
