// What goes beyond the viewer: the whole screen, the keys of the page, the clipboard.

class Screen {
  constructor(root) {
    this.root = root;
    this.box = root.querySelector(".film-viewer");
    root.querySelector(".full").onclick = () => this.fill(!this.box.classList.contains("full"));
    root.querySelector(".present").onclick = () => this.present();
    root.querySelector(".copy").onclick = () => this.copy();
    root.querySelector(".link").onclick = () => this.copyLink();
    this.keys = (event) => this.hear(event);
    this.filled = () => document.fullscreenElement || this.fill(false);
    document.addEventListener("keydown", this.keys);
    document.addEventListener("fullscreenchange", this.filled);
  }

  leave() {
    document.removeEventListener("keydown", this.keys);
    document.removeEventListener("fullscreenchange", this.filled);
  }

  // The viewer over the whole screen, or, where a browser has no such mode, over the whole page.
  fill(full) {
    this.box.classList.toggle("full", full);
    if (full) this.box.requestFullscreen?.().catch(() => {});
    else if (document.fullscreenElement && !this.data.presents) document.exitFullscreen();
    if (!full && this.data?.presents && !document.fullscreenElement) this.present();
    this.draw();
  }

  // Film and answer over the whole screen; the page does the rest.
  present() {
    const begins = !this.data.presents;
    if (begins) document.documentElement.requestFullscreen?.().catch(() => {});
    else if (document.fullscreenElement) document.exitFullscreen();
    this.data.presents = begins; // leaving the full screen does not ask once more
    this.component.setTriggerValue("present", begins ? "on" : "off");
  }

  hear(event) {
    const typing = event.composedPath()[0].closest?.("input:not([type=checkbox]), textarea, select, [contenteditable]");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || this.data?.presents == null) return;
    const { presents } = this.data;
    const evidence = this.root.querySelector("[name=evidence]");
    const actions = { e: () => evidence.click(), f: () => this.fill(!this.box.classList.contains("full")) };
    if (presents) {
      Object.assign(actions, {
        " ": actions.e, Escape: () => this.present(),
        ArrowRight: () => this.step(1), ArrowLeft: () => this.step(-1),
        PageDown: () => this.step(1), PageUp: () => this.step(-1),
      });
    }
    if (!actions[event.key] || (this.look.zoom > 1 && event.key.startsWith("Arrow"))) return;
    event.preventDefault();
    actions[event.key]();
  }

  step(by) {
    this.component.setTriggerValue("step", by);
  }

  // What is seen now, as a picture for another program; a file where the browser has no clipboard.
  async copy() {
    const canvas = this.canvases.find((one) => one.clientWidth);
    const picture = await new Promise((done) => canvas.toBlob(done));
    const told = this.root.querySelector(".told");
    try {
      await navigator.clipboard.write([new ClipboardItem({ [picture.type]: picture })]);
      told.textContent = "Copied";
    } catch {
      const link = Object.assign(document.createElement("a"), { download: "film.png", href: URL.createObjectURL(picture) });
      link.click();
      URL.revokeObjectURL(link.href);
      told.textContent = "Saved as film.png";
    }
    setTimeout(() => (told.textContent = ""), 3000);
  }

  // The address of this page, which names a sample film and never an upload; without anybody's
  // answers to the quiz.
  async copyLink() {
    const address = new URL(location.href);
    address.searchParams.delete("answers");
    const told = this.root.querySelector(".told");
    try {
      await navigator.clipboard.writeText(address.href);
      told.textContent = this.data.shared ? "Copied: it opens this film" : "Copied: it opens the page, without the film";
    } catch {
      told.textContent = address.href;
      return;
    }
    setTimeout(() => (told.textContent = ""), 3000);
  }
}
