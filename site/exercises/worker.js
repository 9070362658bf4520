// The worker: it fetches Python, NumPy and the course's library, and judges answers with them.

import JUDGE from "./judge.py";
import { PYODIDE, WHEEL } from "./settings.js";

const BASE = new URL(PYODIDE, import.meta.url).href;
const BYTES = 16e6; // of Pyodide 0.27.7, NumPy and the library, unpacked
const MEMORY = 2 ** 29; // bytes that an answer may take, with all that Python needs itself
const PAGE = 2 ** 16; // bytes: WebAssembly counts memory in these

// An answer that fills the memory gets Python's MemoryError long before the machine is in trouble.
function limitMemory() {
  const { Memory } = WebAssembly;
  WebAssembly.Memory = class extends Memory {
    constructor(asked) {
      super({ ...asked, maximum: Math.min(asked.maximum, MEMORY / PAGE) });
    }
  };
}

// Let the page know how much has come so far, of all that is fetched.
function countBytes() {
  const { fetch } = self;
  let come = 0;
  const counter = () =>
    new TransformStream({
      transform(chunk, out) {
        come += chunk.length;
        self.postMessage({ kind: "loading", share: Math.min(come / BYTES, 0.99) });
        out.enqueue(chunk);
      },
    });
  self.fetch = async (...asked) => {
    const response = await fetch(...asked);
    return new Response(response.body?.pipeThrough(counter()), response); // its status and headers
  };
  return () => {
    self.fetch = fetch;
  };
}

async function library() {
  const response = await fetch(new URL(WHEEL, import.meta.url));
  if (!response.ok) throw new Error(`${WHEEL}: ${response.status}`);
  return response.arrayBuffer();
}

async function load() {
  limitMemory();
  const stopCounting = countBytes();
  const { loadPyodide } = await import(`${BASE}pyodide.mjs`);
  const python = loadPyodide({ indexURL: BASE, packages: ["numpy"] });
  const [pyodide, wheel] = await Promise.all([python, library()]);
  stopCounting();
  pyodide.unpackArchive(wheel, "wheel");
  pyodide.runPython(JUDGE, { filename: "judge.py" });
  self.postMessage({ kind: "ready" });
  return pyodide;
}

const loaded = load().catch((error) => {
  self.postMessage({ kind: "unreachable", words: String(error), from: BASE });
});

self.onmessage = async ({ data }) => {
  const pyodide = await loaded;
  if (!pyodide) return;
  try {
    const judgement = JSON.parse(pyodide.globals.get("judge")(data));
    const full = pyodide._module.HEAPU8.length > MEMORY / 2;
    self.postMessage({ ...judgement, full });
  } catch (error) {
    self.postMessage({ kind: "ended", words: String(error) }); // Python itself broke down
  }
};
