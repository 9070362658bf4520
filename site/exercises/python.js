// Python, in a worker of its own: whatever an answer does there, the page goes on.

const WORKER = new URL("worker.js", import.meta.url);

class Python {
  // Ask for a judgement. `hear` is told how far Python is on its way, while it still is. The
  // promise gives the judgement, or { kind: "stopped" | "ended" | "unreachable" }.
  judge(asked, hear) {
    this.start();
    return new Promise((resolve) => {
      this.running = { resolve, hear };
      this.worker.postMessage(JSON.stringify(asked));
    });
  }

  start() {
    if (this.worker) return;
    this.ready = false;
    this.worker = new Worker(WORKER, { type: "module" });
    this.worker.onmessage = ({ data }) => this.hear(data);
    this.worker.onerror = () => this.fail({ kind: this.ready ? "ended" : "unreachable" });
  }

  hear(data) {
    if (data.kind === "loading") return this.running?.hear(data);
    if (data.kind === "ready") {
      this.ready = true;
      return this.running?.hear(data);
    }
    const lost = data.kind === "unreachable" || data.kind === "ended";
    if (lost) return this.fail(data);
    if (data.full) this.restart(); // what an answer took of the memory never comes back
    this.answer(data);
  }

  stop() {
    this.restart();
    this.answer({ kind: "stopped" });
  }

  fail(why) {
    this.end();
    if (why.kind === "ended") this.start();
    this.answer(why);
  }

  restart() {
    this.end();
    this.start();
  }

  end() {
    this.worker?.terminate();
    this.worker = null;
  }

  answer(data) {
    const { running } = this;
    this.running = null;
    running?.resolve(data);
  }
}

export const python = new Python(); // one for the page: its exercises share it
