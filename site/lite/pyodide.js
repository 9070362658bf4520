// What JupyterLite's kernel loads in Pyodide's place: Pyodide, and the course's own packages with
// its. Where the pages are published is not known when they are built, so addresses are made here.

self.loadPyodide = async (options) => {
  const at = (path) => new URL(path, options.indexURL).href; // the folder of this file
  const get = (address) => fetch(address, { cache: "no-cache" }); // not those of another release
  const { pyodide, packages } = await (await get(at("settings.json"))).json();
  const indexURL = at(pyodide);
  const lock = await (await fetch(`${indexURL}pyodide-lock.json`)).json();
  for (const each of Object.values(packages)) each.file_name = at(each.file_name);
  Object.assign(lock.packages, packages);
  const lockFileURL = URL.createObjectURL(new Blob([JSON.stringify(lock)]));
  importScripts(`${indexURL}pyodide.js`); // it puts its own loadPyodide in place of this one
  const python = await self.loadPyodide({ ...options, indexURL, lockFileURL });
  python.runPython(await (await get(at("start.py"))).text());
  return python;
};
