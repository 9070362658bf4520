// The copies of a lesson's notebook that JupyterLite keeps in this browser. This release's can be
// begun afresh, and those of earlier releases, which nothing else shows any more, can be had.

const STORE = "files"; // JupyterLite's, in each of its databases
const A_WHILE = 60_000; // milliseconds, in which a browser has begun to save

const done = (asked) =>
  new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });

// Do something with the notebooks of one release.
async function among(database, mode, act) {
  const opened = await done(indexedDB.open(database));
  try {
    if (!opened.objectStoreNames.contains(STORE)) return undefined;
    return await done(act(opened.transaction(STORE, mode).objectStore(STORE)));
  } finally {
    opened.close();
  }
}

function download({ name, content }) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(content, null, 1)]));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), A_WHILE);
}

function button(words, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = words;
  made.onclick = act;
  return made;
}

// What was written is downloaded before it goes: one click loses nothing.
function afresh(database, copy) {
  const made = button("Start the notebook afresh", async () => {
    download(copy);
    await among(database, "readwrite", (notebooks) => notebooks.delete(copy.path));
    const said = document.createElement("span");
    said.textContent = "It begins afresh. Your copy is in your downloads.";
    said.setAttribute("role", "status");
    made.replaceWith(said);
  });
  return made;
}

function earlier(copy) {
  const day = new Date(copy.last_modified).toLocaleDateString();
  return button(`Download your notebook of ${day}`, () => download(copy));
}

async function show(bar) {
  const { notebook, storage, storages } = bar.dataset;
  const names = (await indexedDB.databases()).map(({ name }) => name);
  for (const database of names.filter((name) => name.startsWith(storages))) {
    const copy = await among(database, "readonly", (notebooks) => notebooks.get(notebook));
    if (copy) bar.append(database === storage ? afresh(database, copy) : earlier(copy));
  }
}

for (const bar of document.querySelectorAll(".lesson-bar")) {
  // A window that keeps nothing has no databases, or none that may be asked for.
  show(bar).catch(() => {});
}
