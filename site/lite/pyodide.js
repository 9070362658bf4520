// What JupyterLite's kernel loads in Pyodide's place: Pyodide, and the course's own packages with
// its. Where the pages are published is not known when they are built, so addresses are made here.

self.loadPyodide = async (options) => {
  const at = (path) => new URL(path, options.indexURL).href; // the folder of this file
  const read = async (address) => (await fetch(address)).json();
  const { pyodide, packages } = await read(at("settings.json"));
  const indexURL = at(pyodide);
  const lock = await read(`${indexURL}pyodide-lock.json`);
  for (const each of Object.values(packages)) each.file_name = at(each.file_name);
  Object.assign(lock.packages, packages);
  const lockFileURL = URL.createObjectURL(new Blob([JSON.stringify(lock)]));
  importScripts(`${indexURL}pyodide.js`); // it puts its own loadPyodide in place of this one
  const python = await self.loadPyodide({ ...options, indexURL, lockFileURL });
  python.runPython(await (await fetch(at("start.py"))).text());
  return python;
};
