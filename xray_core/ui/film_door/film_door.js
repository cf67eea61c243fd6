// The ways a film comes in: a button, the camera, the clipboard, a drop anywhere on the page. All of
// them hand their files to the page's own upload widget, which sends them.

const SLOW = 20_000; // milliseconds after which a film that is still on its way is no news

let door = null; // the one that the page shows now

export default function (component) {
  const root = component.parentElement;
  door ??= new Door();
  door.show(root, component);
  return () => door?.leave(root);
}

class Door {
  constructor() {
    const listen = (name, take) => document.addEventListener(name, take, true);
    listen("dragover", (event) => this.hover(event));
    listen("dragleave", (event) => event.relatedTarget || this.cover(false));
    listen("drop", (event) => this.drop(event));
    listen("paste", (event) => this.root && this.take(event.clipboardData?.files ?? []));
    // the widget's own input, whoever filled it: what is too large never leaves the browser
    listen("change", (event) => this.sieve(event));
  }

  show(root, component) {
    const before = this.data?.widget;
    [this.data] = component.data;
    Object.assign(this, { root, component });
    if (this.large && before !== this.data.widget) this.refuse(false);
    const find = (name) => root.querySelector(name);
    find(".open").onclick = () => this.input()?.click();
    find(".open").textContent = this.data.folded ? "Next film" : "Open a film";
    find(".camera").onclick = () => this.photograph();
    const samples = find(".samples");
    const more = find(".more");
    more.hidden = !this.data.folded;
    more.setAttribute("aria-expanded", String(this.data.samples.length > 0));
    more.onclick = () => this.component.setTriggerValue("browse", true);
    samples.replaceChildren(...this.data.samples.map((sample) => this.picture(sample)));
    this.tell("");
  }

  leave(root) {
    if (this.root === root) this.root = null; // this page takes no film
  }

  picture({ name, title, picture, first }) {
    const button = Object.assign(document.createElement("button"), { type: "button" });
    const image = Object.assign(new Image(), { src: picture, alt: "" });
    button.append(image, Object.assign(document.createElement("span"), { textContent: title }));
    button.classList.toggle("first", Boolean(first) && !this.data.folded);
    if (name === this.data.current) button.setAttribute("aria-current", "true");
    button.onclick = () => this.component.setTriggerValue("sample", name);
    return button;
  }

  tell(words) {
    clearTimeout(this.patience);
    this.root.querySelector(".busy").textContent = words;
    this.root.querySelector(".door").toggleAttribute("aria-busy", Boolean(words));
    if (words) this.patience = setTimeout(() => this.tell("The film is still on its way …"), SLOW);
  }

  input() {
    return this.root && document.querySelector(".st-key-film-door-files input[type=file]");
  }

  photograph() {
    const camera = document.createElement("input");
    Object.assign(camera, { type: "file", accept: "image/*", capture: "environment" });
    camera.onchange = () => this.take(camera.files);
    camera.click();
  }

  brings(event) {
    return this.root && event.dataTransfer?.types.includes("Files");
  }

  hover(event) {
    if (!this.brings(event)) return;
    event.preventDefault();
    this.cover(true);
  }

  cover(shown) {
    if (this.root) this.root.querySelector(".veil").hidden = !shown;
  }

  drop(event) {
    this.cover(false);
    if (!this.brings(event)) return;
    event.preventDefault();
    event.stopPropagation();
    this.take(event.dataTransfer.files);
  }

  take(files) {
    const input = this.input();
    if (!input || !files.length) return;
    const kept = new DataTransfer();
    for (const file of files) kept.items.add(file);
    input.files = kept.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  sieve(event) {
    const input = this.input();
    if (!input || event.target !== input) return;
    const files = [...input.files];
    const large = files.filter((file) => file.size > this.data.limit);
    if (!large.length) return void (files.length && this.tell("Reading the film …"));
    event.stopPropagation();
    this.large = large.map(({ name, size }) => ({ name, size }));
    input.value = "";
    // Not said before the others have arrived: Streamlit drops its answer to an upload that begins
    // while a run begins, and the film would be lost (one drop in ten).
    if (large.length === files.length) this.refuse(true);
    else this.take(files.filter((file) => file.size <= this.data.limit));
  }

  refuse(alone) {
    this.component.setTriggerValue("large", { files: this.large, alone });
    this.large = null;
  }
}
