// One film in two pictures that zoom together. Everything a visitor moves is drawn here, in the
// browser: no slider asks the server. How it is painted stands in film_painting.js, what goes beyond
// the viewer in film_screen.js, what a hand does to the pictures in film_hand.js; all are read before.

const WHOLE_WINDOW = { level: 128, width: 256 }; // every grey level as it is in the file
const remembered = {
  ...WHOLE_WINDOW, mode: "heat", strength: 50, evidence: true, compare: null, divider: 50,
  lungs: false, box: false, regions: false, drag: "draw",
};
const viewers = new WeakMap();

export default function (component) {
  const root = component.parentElement;
  if (!viewers.has(root)) viewers.set(root, new Viewer(root));
  viewers.get(root).show(component);
  return () => {
    viewers.get(root)?.leave();
    viewers.delete(root);
  };
}

class Viewer extends Hand {
  constructor(root) {
    super(root);
    this.canvases = [...root.querySelectorAll("canvas")];
    this.settings = { ...remembered };
    this.look = { zoom: 1, x: 0.5, y: 0.5 };
    this.frames = 0;
    this.stroke = null; // places that the brush went through; shown until the answer is here
    this.hover = null; // where the brush would begin
    for (const control of root.querySelectorAll("[name]")) this.follow(control);
    const press = (name, act) => (root.querySelector(name).onclick = act);
    press("[data-zoom=in]", () => this.zoomBy(1.5));
    press("[data-zoom=out]", () => this.zoomBy(1 / 1.5));
    press(".reset", () => this.resetAll());
    for (const button of root.querySelectorAll("[data-turn]")) {
      button.onclick = () => this.component.setTriggerValue("turn", button.dataset.turn);
    }
    const preset = root.querySelector(".preset");
    preset.onchange = () => this.setWindow(...preset.value.split(" "));
    this.canvases.forEach((canvas) => this.listen(canvas));
    const sizes = new ResizeObserver(() => this.draw());
    this.canvases.forEach((canvas) => sizes.observe(canvas));
  }

  async show(component) {
    this.component = component;
    const [data] = component.data;
    const key = JSON.stringify(data.pictures.map((picture) => [picture.film, picture.level]));
    if (this.data?.name !== data.name) this.look = { zoom: 1, x: 0.5, y: 0.5 };
    this.box.dataset.ready = "";
    if (this.key !== key) {
      this.key = key;
      const pictures = await Promise.all(data.pictures.map(load));
      if (this.key !== key) return; // overtaken by a later film
      this.pictures = pictures;
    }
    this.data = data;
    this.colours = data.colours;
    this.stroke = null;
    this.dress();
    this.compose();
    this.box.dataset.ready = "yes";
  }

  // Text, legend and which controls there are.
  dress() {
    const { data, root, settings } = this;
    const [, second] = data.pictures;
    this.canvases.forEach((canvas, at) => {
      if (!data.pictures[at]) return;
      canvas.style.aspectRatio = `${data.width} / ${data.height}`;
      canvas.setAttribute("aria-label", data.pictures[at].alt);
      canvas.parentElement.querySelector("figcaption").textContent = data.pictures[at].title;
    });
    const legend = root.querySelector(".legend");
    legend.hidden = !data.legend;
    if (data.legend) {
      const stops = data.colours.filter((_, at) => at % 15 === 0).map((c) => `rgb(${c.join()})`);
      legend.querySelector(".scale").style.background = `linear-gradient(90deg, ${stops.join()})`;
      legend.querySelector(".most").textContent = data.legend.most;
      legend.title = data.legend.means;
    }
    root.querySelector(".means").textContent = data.legend?.means ?? "";
    for (const name of ["lungs", "box", "regions"]) {
      const has = name === "box" ? data.box : data[name].length;
      root.querySelector(`[name=${name}]`).closest("label").hidden = !has;
    }
    const offer = (name, offered) => {
      for (const one of root.querySelectorAll(name)) (one.closest("label") ?? one).hidden = !offered;
    };
    offer("[name=drag]", data.brush);
    offer("[name=compare]", second);
    for (const name of ["evidence", "mode", "strength"]) offer(`[name=${name}]`, data.positive);
    offer("[data-turn]", data.turns);
    offer(".present", data.presents !== null);
    root.querySelector("[data-turn=invert]").setAttribute("aria-pressed", String(data.inverted));
    root.querySelector(".present").setAttribute("aria-pressed", String(Boolean(data.presents)));
    this.box.classList.toggle("presents", Boolean(data.presents));
    this.arrange();
    for (const control of root.querySelectorAll("[name]")) {
      if (control.type === "checkbox") control.checked = settings[control.name];
      else control.value = control.name === "compare" ? this.box.dataset.compare : settings[control.name];
      this.tell(control);
    }
    this.tellWindow();
    this.takeHold();
  }

  // One picture or two: as the visitor chose, else as the page shows them.
  arrange() {
    const several = this.data.pictures.length > 1;
    this.box.dataset.compare = several ? this.settings.compare ?? this.data.compare : "swipe";
    this.box.querySelector(".divider").hidden = !several;
  }

  // Whether the pointer draws, and whether a finger scrolls the page.
  takeHold() {
    this.draws = Boolean(this.data?.brush) && this.settings.drag === "draw";
    if (!this.draws) this.hover = null;
    for (const canvas of this.canvases) {
      canvas.classList.toggle("draws", this.draws);
      canvas.style.touchAction = this.draws || this.look.zoom > 1 ? "none" : "pan-y";
    }
  }

  follow(control) {
    const take = () => {
      const began = performance.now();
      const value = control.type === "checkbox" ? control.checked
        : control.type === "range" ? Number(control.value) : control.value;
      this.settings[control.name] = remembered[control.name] = value;
      for (const same of this.root.querySelectorAll(`[name=${control.name}]`)) {
        if (same !== control) same.value = control.value;
      }
      this.tell(control);
      this.tellWindow();
      this.arrange();
      this.takeHold();
      this.compose();
      this.box.dataset.milliseconds = (performance.now() - began).toFixed(1);
    };
    control.addEventListener("input", take);
  }

  // The number that a slider stands at, where it has a place for it.
  tell(control) {
    const place = control.nextElementSibling;
    if (place?.tagName === "OUTPUT") place.textContent = control.value;
  }

  // Which of the window's presets is set.
  tellWindow() {
    const preset = this.root.querySelector(".preset");
    preset.value = `${this.settings.width} ${this.settings.level}`;
    if (preset.selectedIndex < 0) preset.value = "";
  }

  setWindow(width, level) {
    for (const [name, value] of Object.entries({ width, level })) {
      const control = this.root.querySelector(`[name=${name}]`);
      control.value = value;
      control.dispatchEvent(new Event("input"));
    }
  }

  resetAll() {
    this.reset();
    this.setWindow(WHOLE_WINDOW.width, WHOLE_WINDOW.level);
    if (this.data.turned) this.component.setTriggerValue("turn", "reset");
  }

  // The pixels: one look into a table of 256 levels of evidence by 256 of grey.
  compose() {
    if (!this.pictures) return;
    for (const picture of this.pictures) {
      const coloured = picture.level ? this.data.positive && this.settings.evidence : null;
      const table = mixTable(this.settings, this.colours, coloured, this.data.inverted);
      const { film, level, image } = picture;
      const out = new Uint32Array(image.data.buffer);
      if (level) for (let i = 0; i < out.length; i++) out[i] = table[(level[i] << 8) | film[i]];
      else for (let i = 0; i < out.length; i++) out[i] = table[film[i]];
      picture.canvas.getContext("2d").putImageData(image, 0, 0);
    }
    this.draw();
  }

  draw() {
    if (!this.pictures) return;
    const swipe = this.pictures.length > 1 && this.box.dataset.compare === "swipe";
    this.canvases.forEach((canvas, at) => {
      if (!this.pictures[at]) return;
      const ratio = window.devicePixelRatio || 1;
      const width = Math.round(canvas.clientWidth * ratio);
      const height = Math.round(canvas.clientHeight * ratio);
      if (!width || !height) return;
      if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
      const context = canvas.getContext("2d");
      this.paint(context, at, ratio);
      if (swipe && at === 0) {
        const divider = (this.settings.divider / 100) * width;
        context.save();
        context.setTransform(1, 0, 0, 1, 0, 0);
        context.beginPath();
        context.rect(divider, 0, width - divider, height);
        context.clip();
        this.paint(context, 1, ratio);
        context.restore();
        context.setTransform(1, 0, 0, 1, 0, 0);
        context.fillStyle = "#ffffff";
        context.fillRect(divider - ratio, 0, 2 * ratio, height);
      }
    });
    this.frames += 1;
    this.box.dataset.frames = this.frames;
  }

  paint(context, at, ratio) {
    const { data, settings, colours } = this;
    const picture = { ...data.pictures[at], canvas: this.pictures[at].canvas };
    const frame = this.frame(context.canvas);
    paintFilm(context, picture, { data, settings, colours, frame, ratio });
    paintBrush(context, { data, stroke: this.stroke, hover: this.hover, pixel: ratio / frame.scale });
  }
}
