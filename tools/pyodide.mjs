// Runs pytest in Pyodide, which is CPython 3.14 compiled to WebAssembly, in Node:
//
//     hatch run pyodide:test [arguments of pytest]
//     hatch run pyodide:cover [arguments of pytest]    # adds to the coverage that `hatch test --cover` measured
//
// The packages are those of the environment whose `python` is on the path. `tools/in_pyodide.py` is the Python of it.

import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";

const MINUTES = 15;

// Node shows the line of an uncaught error, and Pyodide's JavaScript is one line of a megabyte.
function fail(error) {
  console.error(String(error?.stack ?? error).slice(0, 5000));
  process.exit(1);
}
process.on("uncaughtException", fail);
process.on("unhandledRejection", fail);

const project = dirname(dirname(fileURLToPath(import.meta.url)));
const packages = execFileSync("python", ["-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], {
  encoding: "utf8",
}).trim();
const installed = join(project, ".dev", "pyodide", "node_modules", "pyodide", "pyodide.mjs");
const { loadPyodide } = await import(pathToFileURL(installed));

// Its asyncio.run would want a Node that can suspend WebAssembly; we bring a loop of our own.
const pyodide = await loadPyodide({ enableRunUntilComplete: false });
for (const [there, here] of [["/project", project], ["/site-packages", packages]]) {
  pyodide.FS.mkdirTree(there);
  pyodide.mountNodeFS(there, here);
}
pyodide.FS.chdir("/project");

// There is no thread for pytest-timeout; this ends what hangs, and shows where.
const interrupt = new SharedArrayBuffer(1);
pyodide.setInterruptBuffer(new Uint8Array(interrupt));
const watch = `const { workerData } = require("node:worker_threads");
  setTimeout(() => Atomics.store(new Uint8Array(workerData), 0, 2), ${MINUTES * 60_000});`;
new Worker(watch, { eval: true, workerData: interrupt }).unref();

pyodide.runPython(readFileSync(join(project, "tools", "in_pyodide.py"), "utf8"));
process.exit(pyodide.globals.get("run")(pyodide.toPy(process.argv.slice(2))));
