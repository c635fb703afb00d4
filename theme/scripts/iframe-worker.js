// Browsers start no worker from a file on disk. There, this stand-in runs the worker's script, Material's search, in a
// hidden frame. The package of this name does the same, but by a script inside the frame that no policy can name.
if (location.protocol === "file:") {
  window.IFrameWorker = window.Worker = class extends EventTarget { // the search looks for the first name
    constructor(url) {
      super();
      this.frame = document.createElement("iframe");
      this.frame.hidden = true;
      document.body.append(this.frame);
      this.inside = this.frame.contentWindow;
      this.inside.document.open(); // or Firefox would replace the document soon
      this.inside.document.close();
      this.inside.postMessage = data => this.tell(this, data);
      this.inside.importScripts = (...urls) => urls.reduce((before, next) => before.then(() => this.load(next)), Promise.resolve());
      this.ready = this.load(url);
    }

    load(url) {
      return new Promise((done, failed) => {
        const script = this.inside.document.createElement("script");
        Object.assign(script, { src: url, onload: done, onerror: failed });
        this.inside.document.body.append(script);
      });
    }

    async tell(target, data) {
      const copy = structuredClone(data);
      await this.ready;
      target.dispatchEvent(new MessageEvent("message", { data: copy }));
    }

    postMessage(data) {
      this.tell(this.inside, data);
    }

    terminate() {
      this.frame.remove();
    }
  };
}
