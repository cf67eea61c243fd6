// One convolution by hand: the 9 pixels under the kernel, their products and sum, and the map that
// comes of moving the kernel over the whole film.

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const benches = new WeakMap();

export default function (component) {
  const root = component.parentElement;
  if (!benches.has(root)) benches.set(root, new Bench(root));
  benches.get(root).show(component.data[0]);
}

class Bench {
  constructor(root) {
    const find = (name) => root.querySelector(name);
    Object.assign(this, { root, find, at: null, film: null });
    this.select = find("[name=kernel]");
    this.select.onchange = () => this.choose(this.select.selectedIndex);
    for (const name of ["relu", "pool"]) find(`[name=${name}]`).onchange = () => this.paint();
    const canvas = find(".film");
    const follow = (event) => {
      const box = canvas.getBoundingClientRect();
      const place = (value, from, length) => Math.floor(((value - from) / length) * this.side);
      this.move(place(event.clientX, box.left, box.width), place(event.clientY, box.top, box.height));
    };
    canvas.onpointermove = canvas.onpointerdown = follow;
    canvas.onkeydown = (event) => {
      const step = STEPS[event.key];
      if (!step) return;
      event.preventDefault();
      this.move(this.at[0] + step[0], this.at[1] + step[1]);
    };
  }

  show(data) {
    if (data.film === this.data?.film && this.data.kernels.length === data.kernels.length) return;
    this.data = data;
    this.side = data.side;
    this.film = Uint8Array.from(atob(data.film), (letter) => letter.charCodeAt(0));
    this.at ??= [Math.floor(this.side / 3), Math.floor(this.side / 2)];
    for (const size of this.root.querySelectorAll(".size")) size.textContent = `${this.side} × ${this.side}`;
    const chosen = Math.max(0, this.select.selectedIndex);
    this.select.replaceChildren(...data.kernels.map(({ title }) => new Option(title)));
    this.select.selectedIndex = Math.min(chosen, data.kernels.length - 1);
    this.choose(this.select.selectedIndex);
  }

  choose(index) {
    this.kernel = [...this.data.kernels[index].values];
    const inputs = this.kernel.map((value, place) => {
      const input = Object.assign(document.createElement("input"), { type: "number", step: "0.1", value });
      const [row, column] = [1 + Math.floor(place / 3), 1 + (place % 3)];
      input.setAttribute("aria-label", `Kernel, row ${row}, column ${column}`);
      input.oninput = () => {
        this.kernel[place] = Number(input.value) || 0;
        this.paint();
      };
      return input;
    });
    this.find(".kernel").replaceChildren(...inputs);
    this.paint();
  }

  // beyond the film's edge its last pixel is repeated
  pixel(x, y) {
    const inside = (value) => Math.min(this.side - 1, Math.max(0, value));
    return this.film[inside(y) * this.side + inside(x)];
  }

  pixels(x, y) {
    return this.kernel.map((_, place) => this.pixel(x - 1 + (place % 3), y - 1 + Math.floor(place / 3)));
  }

  answer(x, y) {
    const sum = this.pixels(x, y).reduce((total, value, place) => total + value * this.kernel[place], 0);
    return this.find("[name=relu]").checked ? Math.max(0, sum) : sum;
  }

  move(x, y) {
    const inside = (value) => Math.min(this.side - 1, Math.max(0, value));
    this.at = [inside(x), inside(y)];
    this.tell();
  }

  paint() {
    const { side } = this;
    let map = Float32Array.from({ length: side * side }, (_, i) => this.answer(i % side, Math.floor(i / side)));
    let shown = side;
    if (this.find("[name=pool]").checked) {
      shown = Math.floor(side / 2);
      const four = (i) => [0, 1, side, side + 1].map((step) => map[2 * Math.floor(i / shown) * side + 2 * (i % shown) + step]);
      map = Float32Array.from({ length: shown * shown }, (_, i) => Math.max(...four(i)));
    }
    Object.assign(this, { map, shown });
    this.root.querySelectorAll(".size")[1].textContent = `${shown} × ${shown}`;
    this.tell();
  }

  tell() {
    const [x, y] = this.at;
    const nine = this.pixels(x, y);
    this.find(".pixels").replaceChildren(
      ...nine.map((value) => {
        const cell = Object.assign(document.createElement("span"), { textContent: value });
        cell.style.cssText = `background: rgb(${value} ${value} ${value}); color: ${value > 127 ? "#0b0d10" : "#ffffff"}`;
        return cell;
      }),
    );
    const sum = nine.reduce((total, value, place) => total + value * this.kernel[place], 0);
    const relu = this.find("[name=relu]").checked;
    const handed = relu ? Math.max(0, sum) : sum;
    const result = this.find(".result");
    result.dataset.sum = sum;
    const changed = relu && sum < 0 ? ", which ReLU makes 0" : "";
    result.replaceChildren(
      `${signed(nine.map((value, place) => value * this.kernel[place]))} = `,
      Object.assign(document.createElement("strong"), { textContent: round(sum) }),
      changed,
    );
    this.canvas(".film", this.side, (i) => this.film[i], this.at, 1.5);
    const least = Math.min(...this.map);
    const most = Math.max(...this.map, least + 1e-6);
    const ratio = this.shown / this.side;
    const place = [Math.floor(x * ratio), Math.floor(y * ratio)];
    this.canvas(".map", this.shown, (i) => (255 * (this.map[i] - least)) / (most - least), place, 0.5);
    const words = `What the layer hands on: ${round(least)} is black, ${round(most)} white; here ${round(handed)}.`;
    this.find(".map").setAttribute("aria-label", words);
    this.find(".map").title = words;
  }

  canvas(name, side, level, [x, y], reach) {
    const canvas = this.find(name);
    const zoom = Math.round(512 / side);
    Object.assign(canvas, { width: side * zoom, height: side * zoom });
    const picture = new ImageData(side, side);
    for (let i = 0; i < side * side; i += 1) picture.data.set([level(i), level(i), level(i), 255], 4 * i);
    const small = Object.assign(document.createElement("canvas"), { width: side, height: side });
    small.getContext("2d").putImageData(picture, 0, 0);
    const pen = canvas.getContext("2d");
    pen.imageSmoothingEnabled = false;
    pen.drawImage(small, 0, 0, side * zoom, side * zoom);
    pen.strokeStyle = "#5cc4c9";
    pen.lineWidth = 3;
    pen.strokeRect((x + 0.5 - reach) * zoom, (y + 0.5 - reach) * zoom, 2 * reach * zoom, 2 * reach * zoom);
  }
}

function round(value) {
  return (Math.round(value * 10) / 10).toLocaleString("en").replace("-", "−");
}

function signed(values) {
  return values.map((value, at) => (value < 0 ? "− " : at ? "+ " : "") + round(Math.abs(value))).join(" ");
}
