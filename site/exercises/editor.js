// An editor for a few lines of Python: Tab indents, brackets are matched, a step can be undone.

import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import {
  bracketMatching,
  indentOnInput,
  indentUnit,
  syntaxHighlighting,
} from "@codemirror/language";
import { EditorState, Prec } from "@codemirror/state";
import { drawSelection, EditorView, keymap, lineNumbers } from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";

// How long Tab leads out of the editor after Escape: long enough to look for the key.
const A_WHILE = 10_000; // milliseconds

const leave = {
  key: "Escape",
  run: (view) => {
    view.setTabFocusMode(A_WHILE);
    return true; // or the editor's own two seconds would take its place
  },
};

const MANNERS = [
  lineNumbers(),
  history(),
  drawSelection(),
  indentOnInput(),
  bracketMatching(),
  python(),
  indentUnit.of("    "),
  EditorState.tabSize.of(4),
  EditorView.lineWrapping,
  syntaxHighlighting(classHighlighter),
  keymap.of([leave, indentWithTab, ...historyKeymap, ...defaultKeymap]),
];

// The keys with which a notebook runs a cell.
function checking(check) {
  const run = () => {
    check();
    return true; // no other meaning of these keys is looked for
  };
  return Prec.high(keymap.of(["Shift-Enter", "Mod-Enter"].map((key) => ({ key, run }))));
}

export class Editor {
  // `label` and `describedBy` are for screen readers; `check` is called for Shift and Enter,
  // `changed` with each new text.
  constructor({ parent, text, label, describedBy, check, changed }) {
    const names = { "aria-label": label, "aria-describedby": describedBy };
    const extensions = [
      MANNERS,
      checking(check),
      EditorView.contentAttributes.of(names),
      EditorView.updateListener.of((update) => {
        if (update.docChanged && !this.silent) changed(this.text);
      }),
    ];
    this.view = new EditorView({ parent, doc: text, extensions });
  }

  get text() {
    return this.view.state.doc.toString();
  }

  // Put another text in the place of all. It can be undone; `changed` does not hear of it.
  set text(text) {
    this.silent = true;
    this.view.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: text } });
    this.silent = false;
  }

  focus() {
    this.view.focus();
  }
}
