// How a film, its evidence, outlines and the brush become pixels of a canvas.

const CONTOUR_SHADES = [0.35, 0.65, 1];
const BRUSH = "rgba(92, 196, 201, 0.5)";
const HEAT_FADE = 0.6; // of the scale, below which colour lets more of the film through
const SOFT_MASK_FADE = 0.6; // of the scale, below which a soft mask lets less of the film through

// The colour on every grey of every level of evidence; `coloured` is null where there is no map.
function mixTable({ mode, strength, level, width }, colours, coloured, inverted) {
  // the window of DICOM PS3.3 C.11.2.1.2: width 256 at level 128 leaves every grey as it is
  const windowed = (g) => ((g - (level - 0.5)) / (width - 1) + 0.5) * 255;
  const seen = (g) => Math.round(Math.max(0, Math.min(255, windowed(g))));
  const grey = (g) => (inverted ? 255 - seen(g) : seen(g));
  const table = new Uint32Array(coloured === null ? 256 : 65536);
  const alpha = strength / 100;
  for (let l = 0; l < table.length / 256; l++) {
    const share = l / 255;
    const [r, g, b] = colours[l];
    let film = 1, colour = 0;
    if (coloured && mode === "heat") {
      colour = alpha * Math.min(share / HEAT_FADE, 1);
      film = 1 - colour;
    } else if (coloured && mode === "mask") {
      film = 1 - alpha * (1 - Math.min(share / SOFT_MASK_FADE, 1));
    }
    for (let at = 0; at < 256; at++) {
      const base = grey(at) * film;
      table[(l << 8) | at] = 0xff000000 | ((base + b * colour) << 16)
        | ((base + g * colour) << 8) | (base + r * colour);
    }
  }
  return table;
}

function paintFilm(context, picture, { data, settings, colours, frame, ratio }) {
  const { scale, left, top } = frame;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.fillStyle = "#0b0d10";
  context.fillRect(0, 0, context.canvas.width, context.canvas.height);
  context.setTransform(scale, 0, 0, scale, left, top);
  context.imageSmoothingQuality = "high";
  context.drawImage(picture.canvas, 0, 0, data.width, data.height);
  const pixel = ratio / scale;
  const line = (...how) => paintLine(context, pixel, ...how);
  if (settings.evidence && settings.mode === "contours" && data.positive) {
    picture.contours.forEach((curves, rank) => {
      const colour = `rgb(${colours[Math.round(CONTOUR_SHADES[rank] * 255)].join()})`;
      curves.forEach((curve) => line(curve, colour, 0.5 + (3 * settings.strength) / 100));
    });
  }
  if (settings.lungs) data.lungs.forEach((curve) => line(curve, data.lung_colour, 1.5));
  if (settings.box && data.box) line(data.box, data.lung_colour, 1, [3, 3]);
  if (!settings.regions) return;
  for (const { number, outline } of data.regions) {
    line(outline, data.region_colour, 1.5);
    const [x, y] = outline.reduce((one, other) => (other[1] < one[1] ? other : one));
    context.font = `600 ${16 * pixel}px sans-serif`;
    Object.assign(context, { lineWidth: 3 * pixel, strokeStyle: "#000000", fillStyle: "#ffffff" });
    context.strokeText(number, x, y - 5 * pixel);
    context.fillText(number, x, y - 5 * pixel);
  }
}

// A line that is seen on dark and on bright film; thickness and dashes in pixels of the screen.
function paintLine(context, pixel, curve, colour, thickness, dash = []) {
  context.beginPath();
  curve.forEach(([x, y], i) => (i ? context.lineTo(x, y) : context.moveTo(x, y)));
  context.setLineDash(dash.map((part) => part * pixel));
  context.lineJoin = "round";
  for (const [stroke, more] of [["rgba(0, 0, 0, 0.6)", 2], [colour, 0]]) {
    context.strokeStyle = stroke;
    context.lineWidth = (thickness + more) * pixel;
    context.stroke();
  }
  context.setLineDash([]);
}

// The stroke as far as it is drawn, or a ring where it would begin.
function paintBrush(context, { data, stroke, hover, pixel }) {
  const { width, height, brush } = data;
  const places = (stroke || (hover && [hover]) || []).map(({ x, y }) => [x * width, y * height]);
  if (!brush || !places.length) return;
  context.beginPath();
  if (stroke) {
    context.moveTo(...places[0]);
    // a dot is a line to where it began, which is drawn only if it has a length
    for (const [x, y] of places) context.lineTo(x + 0.01, y);
    Object.assign(context, { lineCap: "round", lineJoin: "round", strokeStyle: BRUSH });
    context.lineWidth = 2 * brush * width;
  } else {
    context.arc(...places[0], brush * width, 0, 2 * Math.PI);
    Object.assign(context, { lineWidth: 1.5 * pixel, strokeStyle: "#ffffff" });
  }
  context.stroke();
}

async function load({ film, level }) {
  const drawn = await decode(film);
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: drawn.naturalWidth, height: drawn.naturalHeight });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const read = (picture) => {
    context.drawImage(picture, 0, 0, canvas.width, canvas.height);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    const grey = new Uint8Array(data.length / 4);
    for (let i = 0; i < grey.length; i++) grey[i] = data[4 * i]; // Uint8Array.from takes ten times as long
    return grey;
  };
  const parts = { film: read(drawn), level: level ? read(await decode(level)) : null };
  return { ...parts, canvas, image: context.createImageData(canvas.width, canvas.height) };
}

async function decode(source) {
  const image = new Image();
  image.src = source;
  await image.decode();
  return image;
}
