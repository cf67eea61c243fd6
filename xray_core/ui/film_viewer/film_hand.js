// What a mouse, a finger and the arrow keys do to the pictures: zoom, move, draw, divide, swipe.

const DIVIDER_REACH = 14; // pixels of the screen on either side in which the divider is taken hold of
const SWIPE = 60; // pixels that a finger goes to the side for another film

class Hand extends Screen {
  // From film pixels to the canvas's.
  frame(canvas) {
    const { width, height } = this.data;
    const scale = Math.min(canvas.width / width, canvas.height / height) * this.look.zoom;
    return {
      scale,
      left: canvas.width / 2 - this.look.x * width * scale,
      top: canvas.height / 2 - this.look.y * height * scale,
    };
  }

  zoomBy(factor, at = null) {
    const before = this.look;
    const zoom = Math.max(1, Math.min(12, before.zoom * factor));
    let { x, y } = before;
    if (at) {
      // what is under the pointer stays under it
      x = at.x + (x - at.x) * (before.zoom / zoom);
      y = at.y + (y - at.y) * (before.zoom / zoom);
    }
    this.moveTo(zoom, x, y);
  }

  moveTo(zoom, x, y) {
    const inside = (value) => Math.max(0.5 / zoom, Math.min(1 - 0.5 / zoom, value));
    this.look = { zoom, x: inside(x), y: inside(y) };
    this.box.dataset.zoom = zoom.toFixed(2);
    this.takeHold(); // a finger scrolls the page as long as the whole film is seen
    this.draw();
  }

  reset() {
    this.moveTo(1, 0.5, 0.5);
  }

  // Where on the film a pointer is, as shares of its width and height.
  place(canvas, event) {
    const box = canvas.getBoundingClientRect();
    const { scale, left, top } = this.frame(canvas);
    const x = ((event.clientX - box.left) * canvas.width) / box.width;
    const y = ((event.clientY - box.top) * canvas.height) / box.height;
    return { x: (x - left) / scale / this.data.width, y: (y - top) / scale / this.data.height };
  }

  listen(canvas) {
    const pointers = new Map();
    let dividing = false;
    let began = null; // of a finger's way to the side
    canvas.addEventListener("wheel", (event) => {
      // the page scrolls on unless the picture was chosen
      if (!event.ctrlKey && this.root.activeElement !== canvas) return;
      event.preventDefault();
      this.zoomBy(Math.exp(-event.deltaY / 400), this.place(canvas, event));
    }, { passive: false });
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      const place = this.place(canvas, event);
      pointers.set(event.pointerId, place);
      canvas.setPointerCapture(event.pointerId);
      began = event.pointerType === "touch" && this.look.zoom === 1 && pointers.size === 1 ? event : null;
      dividing = pointers.size === 1 && this.overDivider(canvas, event);
      this.hover = null;
      this.stroke = this.draws && !dividing && pointers.size === 1 ? [place] : null;
      this.draw();
    });
    canvas.addEventListener("pointermove", (event) => {
      const now = this.place(canvas, event);
      if (!pointers.has(event.pointerId)) return this.hoverAt(event, now);
      const before = pointers.get(event.pointerId);
      if (dividing) this.divideAt(canvas, event);
      else if (pointers.size > 1) {
        const [other] = [...pointers].filter(([id]) => id !== event.pointerId)[0].slice(1);
        const apart = (one) => Math.hypot(one.x - other.x, one.y - other.y);
        if (apart(before) > 0.01) this.zoomBy(apart(now) / apart(before), other);
        pointers.set(event.pointerId, this.place(canvas, event));
      } else if (this.stroke) this.drawTo(now);
      else if (!this.draws) {
        this.moveTo(this.look.zoom, this.look.x + before.x - now.x, this.look.y + before.y - now.y);
      }
    });
    const lift = (event) => {
      if (!pointers.delete(event.pointerId)) return;
      const aside = began ? event.clientX - began.clientX : 0;
      const swiped = this.data.presents && Math.abs(aside) > Math.max(SWIPE, 2 * Math.abs(event.clientY - began.clientY));
      if (event.type === "pointerup" && swiped && !dividing) this.step(aside < 0 ? 1 : -1);
      if (event.type === "pointerup" && this.stroke) this.endStroke();
      else this.stroke = null;
      dividing = false;
      this.draw();
    };
    canvas.addEventListener("pointerup", lift);
    canvas.addEventListener("pointercancel", lift);
    canvas.addEventListener("pointerleave", (event) => pointers.size || this.hoverAt(event, null));
    canvas.addEventListener("dblclick", () => this.draws || this.reset());
    canvas.addEventListener("keydown", (event) => {
      const step = 0.1 / this.look.zoom;
      const { zoom, x, y } = this.look;
      const actions = {
        "+": () => this.zoomBy(1.25), "=": () => this.zoomBy(1.25), "-": () => this.zoomBy(0.8),
        0: () => this.reset(),
        ArrowLeft: () => this.moveTo(zoom, x - step, y), ArrowRight: () => this.moveTo(zoom, x + step, y),
        ArrowUp: () => this.moveTo(zoom, x, y - step), ArrowDown: () => this.moveTo(zoom, x, y + step),
      };
      if (!actions[event.key] || event.ctrlKey || event.metaKey) return;
      if (this.data.presents && zoom === 1 && event.key.startsWith("Arrow")) return; // another film
      event.preventDefault();
      actions[event.key]();
    });
  }

  hoverAt(event, place) {
    if (!this.draws || event.pointerType !== "mouse") return;
    this.hover = place;
    this.draw();
  }

  drawTo(place) {
    const last = this.stroke[this.stroke.length - 1];
    const { width, height, brush } = this.data;
    const way = Math.hypot(place.x - last.x, ((place.y - last.y) * height) / width);
    if (way < brush / 5) return; // nearer places would change nothing
    this.stroke.push(place);
    this.draw();
  }

  endStroke() {
    const share = (value) => Math.round(Math.max(0, Math.min(1, value)) * 1e4) / 1e4;
    const inside = ({ x, y }) => x >= 0 && x <= 1 && y >= 0 && y <= 1;
    if (!this.stroke.some(inside)) this.stroke = null;
    else this.component.setTriggerValue("stroke", this.stroke.map(({ x, y }) => ({ x: share(x), y: share(y) })));
  }

  overDivider(canvas, event) {
    if (this.pictures.length < 2 || this.box.dataset.compare !== "swipe") return false;
    const box = canvas.getBoundingClientRect();
    const divider = box.left + (this.settings.divider / 100) * box.width;
    return Math.abs(event.clientX - divider) < DIVIDER_REACH;
  }

  divideAt(canvas, event) {
    const box = canvas.getBoundingClientRect();
    const control = this.root.querySelector("[name=divider]");
    control.value = (100 * (event.clientX - box.left)) / box.width;
    control.dispatchEvent(new Event("input"));
  }
}
