'use strict';
// The map of texts: points are put into the picture's memory dot by dot, which is fast enough for 100,000 of them at every frame on any computer,
// with or without a graphics card.
function show(data) {
  document.documentElement.classList.toggle('embedded', window.parent !== window);
  const { texts, labels } = data;
  const label = data.label && Uint32Array.from(data.label);
  const count = texts.length;
  const byId = id => document.getElementById(id);
  const pointsCanvas = byId('points'), marksCanvas = byId('marks'), tip = byId('tip'), search = byId('search');
  const pen = pointsCanvas.getContext('2d'), marks = marksCanvas.getContext('2d');
  const number = new Intl.NumberFormat('en');

  const hidden = new Set();        // labels switched off in the legend
  let matches = null;              // Uint8Array of what the search found; null: no search
  let hovered = -1;
  let view = { x: 0, y: 0, scale: 1 }; // the place in the middle, and pixels for a unit of the map
  let frameScale = 1, leastScale = 1;
  let width = 0, height = 0, ratio = 1, image = null, pixels = null;

  // Points are drawn in a mixed order, so that no label lies on top of another for coming later in the file.
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1, state = 1; i > 0; i--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const other = Math.floor(state / 2 ** 32 * (i + 1));
    [order[i], order[other]] = [order[other], order[i]];
  }

  // ---- places, and a grid over them, to find the point under the pointer ----

  let xs, ys, left, bottom, right, top, frame, bounds, cellWidth, cellHeight, centres, turns = null;
  const across = Math.max(1, Math.ceil(Math.sqrt(count / 4)));
  const columnOf = x => Math.min(across - 1, Math.max(0, Math.floor((x - bounds.left) / cellWidth)));
  const rowOf = y => Math.min(across - 1, Math.max(0, Math.floor((y - bounds.bottom) / cellHeight)));
  const isInFrame = i => xs[i] >= left && xs[i] <= right && ys[i] >= bottom && ys[i] <= top;
  const starts = new Uint32Array(across * across + 1), inCells = new Uint32Array(count);
  place(data);

  function place(places) {
    [xs, ys] = [Float32Array.from(places.x), Float32Array.from(places.y)];

    // What is seen at first leaves out points so far away that all the others would be small.
    [left, bottom, right, top] = places.frame;
    turns ??= turnsWanted();
    for (let i = 0; i < turns; i++) turn();
    frame = { left, bottom, right, top };
    bounds = { left: Infinity, right: -Infinity, bottom: Infinity, top: -Infinity };
    for (let i = 0; i < count; i++) {
      bounds.left = Math.min(bounds.left, xs[i]);
      bounds.right = Math.max(bounds.right, xs[i]);
      bounds.bottom = Math.min(bounds.bottom, ys[i]);
      bounds.top = Math.max(bounds.top, ys[i]);
    }
    [cellWidth, cellHeight] = [(bounds.right - bounds.left) / across || 1, (bounds.top - bounds.bottom) / across || 1];
    starts.fill(0);
    for (let i = 0; i < count; i++) starts[rowOf(ys[i]) * across + columnOf(xs[i]) + 1]++;
    for (let cell = 0; cell < across * across; cell++) starts[cell + 1] += starts[cell];
    const next = starts.slice();
    for (let i = 0; i < count; i++) inCells[next[rowOf(ys[i]) * across + columnOf(xs[i])]++] = i;
    centres = findCentres();
  }

  // Only distances mean something, so that a map may be turned: wide ones in a window that is higher than wide, and there most points to the top.
  function turnsWanted() {
    if (window.innerHeight <= window.innerWidth || count === 0) return 0;
    const isWide = right - left > 1.1 * (top - bottom), heights = isWide ? xs.map(x => -x) : ys;
    const middle = isWide ? -(left + right) / 2 : (bottom + top) / 2;
    return (isWide ? 1 : 0) + (heights.toSorted()[count >> 1] < middle ? 2 : 0);
  }
  function turn() {
    for (let i = 0; i < count; i++) [xs[i], ys[i]] = [ys[i], -xs[i]];
    [left, bottom, right, top] = [bottom, -right, top, -left];
  }

  function nearest(px, py, reach) {
    const x = toMapX(px), y = toMapY(py), radius = reach / view.scale;
    let best = -1, bestDistance = radius * radius;
    for (let row = rowOf(y - radius); row <= rowOf(y + radius); row++) {
      for (let column = columnOf(x - radius); column <= columnOf(x + radius); column++) {
        const cell = row * across + column;
        for (let k = starts[cell]; k < starts[cell + 1]; k++) {
          const i = inCells[k], distance = (xs[i] - x) ** 2 + (ys[i] - y) ** 2;
          if (distance <= bestDistance && isShown(i) && (!matches || matches[i])) {
            best = i;
            bestDistance = distance;
          }
        }
      }
    }
    return best;
  }

  const isShown = i => !label || !hidden.has(label[i]);
  const toMapX = px => view.x + (px - width / 2) / view.scale;
  const toMapY = py => view.y - (py - height / 2) / view.scale;
  const toPixelX = x => (x - view.x) * view.scale + width / 2;
  const toPixelY = y => (view.y - y) * view.scale + height / 2;

  // ---- dots ----

  const Shapes = ['disc', 'square', 'diamond', 'triangle'];
  const Colours = 6;
  let colours = [], dimmed = null;

  function readColours() {
    const style = getComputedStyle(document.documentElement);
    const rgb = name => {
      const hex = style.getPropertyValue(name).trim();
      return [1, 3, 5].map(at => parseInt(hex.slice(at, at + 2), 16));
    };
    colours = Array.from({ length: Colours }, (_, i) => rgb(`--series-${i}`));
    dimmed = rgb('--dim');
  }

  const colourOf = index => colours[index % Colours];
  const shapeOf = index => Shapes[Math.floor(index / Colours) % Shapes.length];

  // Which pixels around the middle a dot covers, and how much of each, 0 to 255, measured at 4 × 4 places.
  function stamp(shape, radius) {
    const half = Math.ceil(radius + 0.5), side = 2 * half + 1, rows = [], columns = [], cover = [];
    const inside = {
      disc: (u, v) => u * u + v * v <= radius * radius,
      square: (u, v) => Math.max(Math.abs(u), Math.abs(v)) <= 0.88 * radius,
      diamond: (u, v) => Math.abs(u) + Math.abs(v) <= 1.25 * radius,
      triangle: (u, v) => v <= 0.75 * radius && v >= 2 * Math.abs(u) - 1.15 * radius,
    }[shape];
    for (let row = 0; row < side; row++) {
      for (let column = 0; column < side; column++) {
        let hits = 0;
        for (let s = 0; s < 16; s++) hits += inside(column - half + (s % 4 - 1.5) / 4, row - half + ((s >> 2) - 1.5) / 4);
        if (hits > 0) {
          rows.push(row);
          columns.push(column);
          cover.push(hits * 255 / 16);
        }
      }
    }
    return { half, side, rows: Int32Array.from(rows), columns: Int32Array.from(columns), cover: Uint8Array.from(cover) };
  }

  // The same shapes as paths.
  function outline(shape, x, y, radius) {
    const path = new Path2D();
    if (shape === 'disc') path.arc(x, y, radius, 0, 2 * Math.PI);
    else if (shape === 'square') path.rect(x - 0.88 * radius, y - 0.88 * radius, 1.76 * radius, 1.76 * radius);
    else {
      const corners = shape === 'diamond' ? [[0, -1.25], [1.25, 0], [0, 1.25], [-1.25, 0]] : [[0, -1.15], [0.95, 0.75], [-0.95, 0.75]];
      corners.forEach(([u, v], i) => path[i === 0 ? 'moveTo' : 'lineTo'](x + radius * u, y + radius * v));
      path.closePath();
    }
    return path;
  }

  // Few points are large, many are small; they grow a little when one comes closer.
  function radiusNow() {
    const room = Math.sqrt(width * height / Math.max(1, count));
    const closer = Math.max(1, view.scale / frameScale) ** 0.35;
    return Math.min(8, Math.min(5, Math.max(1.1, 0.23 * room)) * closer) * ratio;
  }

  function drawDots() {
    pixels.fill(0);
    const stamps = new Map(), radius = radiusNow(), strength = count > 20000 ? 0.7 : 0.82;
    const stampOf = shape => stamps.get(shape) ?? stamps.set(shape, stamp(shape, radius)).get(shape);
    const kinds = (label ? labels : ['']).map((_, index) => kind(colourOf(index), stampOf(shapeOf(index)), matches ? 0.95 : strength));
    if (matches) {
      const back = kind(dimmed, stampOf('disc'), 0.5);
      for (const i of order) if (!matches[i] && isShown(i)) put(i, back);
    }
    for (const i of order) if ((!matches || matches[i]) && isShown(i)) put(i, kinds[label ? label[i] : 0]);
    pen.putImageData(image, 0, 0);
  }

  // A dot ready to be put: where its pixels lie in the picture's memory, and each as it is on an empty place.
  function kind([red, green, blue], { half, side, rows, columns, cover }, strength) {
    const alphas = cover.map(covered => Math.round(covered * strength)), lineLength = image.width;
    return {
      red, green, blue, half, side, rows, columns, alphas,
      places: rows.map((row, at) => row * lineLength + columns[at]),
      fresh: Uint32Array.from(alphas, alpha => (alpha << 24 | blue << 16 | green << 8 | red) >>> 0),
    };
  }

  // Blends a dot over what is there; alpha is kept apart, because the page behind may be light or dark.
  function put(i, kind) {
    const { half, side, rows, columns, alphas, places, fresh, red, green, blue } = kind;
    const left = Math.round(toPixelX(xs[i]) * ratio) - half, top = Math.round(toPixelY(ys[i]) * ratio) - half;
    const lineLength = image.width, lines = image.height;
    if (left + side <= 0 || top + side <= 0 || left >= lineLength || top >= lines) return;
    const whole = left >= 0 && top >= 0 && left + side <= lineLength && top + side <= lines, start = top * lineLength + left;
    for (let k = 0; k < places.length; k++) {
      if (!whole && (left + columns[k] < 0 || left + columns[k] >= lineLength || top + rows[k] < 0 || top + rows[k] >= lines)) continue;
      const at = start + places[k], under = pixels[at], underAlpha = under >>> 24;
      if (underAlpha === 0) {
        pixels[at] = fresh[k];
        continue;
      }
      const source = alphas[k], below = underAlpha * (255 - source) / 255, alpha = source + below, share = source / alpha;
      const r = under & 255, g = under >>> 8 & 255, b = under >>> 16 & 255;
      pixels[at] = (Math.round(alpha) << 24 | b + (blue - b) * share << 16 | g + (green - g) * share << 8 | r + (red - r) * share) >>> 0;
    }
  }

  // ---- names of labels, and the point under the pointer ----

  // A label's anchor is the middle of its points, each coordinate by itself: stray points do not move it. The largest labels come first.
  function findCentres() {
    return (label ? labels : []).map((name, index) => {
      const mine = order.filter(i => label[i] === index && isInFrame(i));
      const middle = values => values.sort((a, b) => a - b)[values.length >> 1];
      const shortened = name.length > data.names.mostLetters ? `${name.slice(0, data.names.mostLetters - 1)}…` : name;
      return { name: shortened, index, size: mine.length, x: middle(Float64Array.from(mine, i => xs[i])), y: middle(Float64Array.from(mine, i => ys[i])) };
    }).filter(centre => centre.size > 0).sort((a, b) => b.size - a.size || a.index - b.index);
  }
  const MarkWidth = 18; // the room of the mark before a name
  let names = [];       // what is written, and how far from its anchor in pixels

  function setNameFont() {
    marks.font = `600 ${width > 640 ? 14.5 : 12.5}px Inter, "Segoe UI", system-ui, "Helvetica Neue", Arial, sans-serif`;
    marks.textBaseline = 'middle';
    marks.lineJoin = 'round';
  }

  // Places the names anew; while the map moves, they move with their anchors.
  function placeAllNames() {
    setNameFont();
    const seen = centres.filter(({ index, x, y }) => !hidden.has(index) && isInWindow(toPixelX(x), toPixelY(y)));
    const boxes = seen.map(({ name, x, y }) => (
      { x: toPixelX(x), y: toPixelY(y), width: marks.measureText(name).width + MarkWidth + 3, height: width > 640 ? 19 : 16 }));
    const points = [];
    for (let i = 0; i < count; i++) {
      const x = toPixelX(xs[i]), y = toPixelY(ys[i]);
      if (isShown(i) && isInWindow(x, y)) points.push(x, y);
    }
    const taken = ['header', '#controls', 'nav'].map(panel => document.querySelector(panel).getBoundingClientRect())
      .map(({ left, top, width, height }) => ({ x: left + width / 2, y: top + height / 2, width, height }));
    const places = placeNames(data.names, boxes, points, width, height, taken);
    names = seen.flatMap((centre, i) => places[i] ? [{ ...centre, dx: places[i].x - boxes[i].x, dy: places[i].y - boxes[i].y, width: boxes[i].width }] : []);
  }

  const isInWindow = (x, y) => x >= 0 && y >= 0 && x <= width && y <= height;

  function drawMarks() {
    marks.setTransform(ratio, 0, 0, ratio, 0, 0);
    marks.clearRect(0, 0, width, height);
    const style = getComputedStyle(document.documentElement), colour = name => style.getPropertyValue(name).trim();
    if (!matches) {
      setNameFont();
      for (const { name, index, x, y, dx, dy, width: wide } of names) {
        const left = toPixelX(x) + dx - wide / 2, middle = toPixelY(y) + dy;
        marks.strokeStyle = colour('--ground');
        marks.lineWidth = 5;
        marks.strokeText(name, left + MarkWidth, middle);
        marks.stroke(outline(shapeOf(index), left + 7, middle, 5));
        marks.fillStyle = `rgb(${colourOf(index)})`;
        marks.fill(outline(shapeOf(index), left + 7, middle, 5));
        marks.fillStyle = colour('--ink');
        marks.fillText(name, left + MarkWidth, middle);
      }
    }
    if (hovered >= 0) {
      marks.beginPath();
      marks.arc(toPixelX(xs[hovered]), toPixelY(ys[hovered]), radiusNow() / ratio + 3.5, 0, 2 * Math.PI);
      marks.strokeStyle = colour('--ink');
      marks.lineWidth = 2;
      marks.stroke();
    }
  }

  function hover(px, py) {
    const found = nearest(px, py, 12);
    if (found !== hovered) {
      hovered = found;
      marksCanvas.classList.toggle('over', hovered >= 0);
      drawMarks();
    }
    tip.hidden = hovered < 0;
    if (hovered < 0) return;
    const text = texts[hovered];
    tip.firstChild.textContent = label ? labels[label[hovered]] : '';
    tip.firstChild.style.color = label ? `rgb(${colourOf(label[hovered])})` : '';
    tip.lastChild.textContent = text.length > 600 ? `${text.slice(0, 599)}…` : text;
    const { offsetWidth, offsetHeight } = tip;
    tip.style.left = `${Math.max(12, Math.min(px + 16, width - offsetWidth - 12))}px`;
    tip.style.top = `${py + 18 + offsetHeight > height - 12 ? Math.max(12, py - offsetHeight - 14) : py + 18}px`;
  }

  // ---- frames ----

  let waiting = false;
  function redraw() {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      drawDots();
      drawMarks();
    });
  }

  // Names find new places when the map has come to rest.
  let resting = 0;
  function redrawMoved() {
    redraw();
    clearTimeout(resting);
    resting = setTimeout(() => {
      placeAllNames();
      drawMarks();
    }, 140);
  }

  function resize() {
    // More than two dots of a screen for a pixel cost time and show nothing.
    ratio = Math.min(2, window.devicePixelRatio || 1);
    [width, height] = [Math.max(1, window.innerWidth), Math.max(1, window.innerHeight)];
    for (const canvas of [pointsCanvas, marksCanvas]) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    image = pen.createImageData(pointsCanvas.width, pointsCanvas.height);
    pixels = new Uint32Array(image.data.buffer); // red in the lowest byte on every computer that browsers run on
  }

  let untouched = true; // until somebody moves the map, it fits the window
  const showFrame = () => show(frame), showWhole = () => show(bounds);
  function show(box) {
    if (count === 0) return;
    // The free area: left of the panel in wide windows, between heading and panel in narrow ones.
    const wide = width > 640, edge = wide ? 30 : 14, panel = byId('controls').getBoundingClientRect();
    const area = {
      left: edge, right: wide ? panel.left - edge : width - edge,
      top: document.querySelector('header').getBoundingClientRect().bottom + (wide ? 20 : 14), bottom: wide ? height - edge : panel.top - 14,
    };
    // A flat map stands rather high in a high window.
    const high = wide ? 0.5 : 0.35;
    const scaleOf = box => Math.min(200, Math.max(1e-6, Math.min(
      Math.max(1, area.right - area.left) / (box.right - box.left || 1), Math.max(1, area.bottom - area.top) / (box.top - box.bottom || 1))));
    [frameScale, leastScale] = [scaleOf(frame), scaleOf(bounds) / 4];
    const scale = scaleOf(box);
    view = {
      x: (box.left + box.right) / 2 - ((area.left + area.right) / 2 - width / 2) / scale,
      y: (box.bottom + box.top) / 2 + (area.top + high * (area.bottom - area.top) + (0.5 - high) * scale * (box.top - box.bottom) - height / 2) / scale,
      scale,
    };
    placeAllNames();
    redraw();
  }

  // What lies under (px, py) stays there.
  function zoom(factor, px, py) {
    const [x, y] = [toMapX(px), toMapY(py)];
    view.scale = Math.min(frameScale * 500, Math.max(leastScale, view.scale * factor));
    view.x = x - (px - width / 2) / view.scale;
    view.y = y + (py - height / 2) / view.scale;
    untouched = false;
    redrawMoved();
  }

  function move(dx, dy) {
    view.x -= dx / view.scale;
    view.y += dy / view.scale;
    untouched = false;
    redrawMoved();
  }

  // ---- pointer and keys ----

  const pointers = new Map(); // two fingers zoom
  marksCanvas.addEventListener('pointerdown', event => {
    marksCanvas.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, event);
    marksCanvas.classList.add('moving');
  });
  marksCanvas.addEventListener('pointermove', event => {
    const before = pointers.get(event.pointerId);
    if (!before) {
      hover(event.clientX, event.clientY);
      return;
    }
    tip.hidden = true;
    if (pointers.size === 2) {
      const [other] = [...pointers.values()].filter(pointer => pointer.pointerId !== event.pointerId);
      const apart = pointer => Math.hypot(pointer.clientX - other.clientX, pointer.clientY - other.clientY);
      zoom(apart(event) / Math.max(1, apart(before)), (event.clientX + other.clientX) / 2, (event.clientY + other.clientY) / 2);
    } else {
      move(event.clientX - before.clientX, event.clientY - before.clientY);
    }
    pointers.set(event.pointerId, event);
  });
  for (const end of ['pointerup', 'pointercancel']) {
    marksCanvas.addEventListener(end, event => {
      pointers.delete(event.pointerId);
      if (pointers.size === 0) marksCanvas.classList.remove('moving');
      if (event.pointerType !== 'mouse') hover(event.clientX, event.clientY);
    });
  }
  marksCanvas.addEventListener('pointerleave', () => {
    tip.hidden = true;
    hovered = -1;
    drawMarks();
  });
  marksCanvas.addEventListener('wheel', event => {
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    zoom(Math.exp(-event.deltaY * lines * 0.0018), event.clientX, event.clientY);
    hover(event.clientX, event.clientY);
  }, { passive: false });
  marksCanvas.addEventListener('dblclick', event => zoom(2, event.clientX, event.clientY));
  marksCanvas.addEventListener('keydown', event => {
    const step = 60, action = {
      ArrowLeft: () => move(step, 0), ArrowRight: () => move(-step, 0), ArrowUp: () => move(0, step), ArrowDown: () => move(0, -step),
      '+': () => zoom(1.4, width / 2, height / 2), '=': () => zoom(1.4, width / 2, height / 2), '-': () => zoom(1 / 1.4, width / 2, height / 2), 0: showWhole,
    }[event.key];
    if (action && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      action();
    }
  });
  byId('closer').addEventListener('click', () => zoom(1.5, width / 2, height / 2));
  byId('farther').addEventListener('click', () => zoom(1 / 1.5, width / 2, height / 2));
  byId('whole').addEventListener('click', showWhole);

  // ---- search ----

  let lowered = null;
  function find() {
    const words = search.value.toLowerCase().split(/\s+/).filter(word => word);
    lowered ??= texts.map(text => text.toLowerCase());
    matches = words.length === 0 ? null : Uint8Array.from(lowered, text => words.every(word => text.includes(word)));
    const found = matches?.reduce((sum, match) => sum + match, 0);
    byId('found').textContent = matches ? `${number.format(found)} of ${number.format(count)} texts` : '';
    hovered = -1;
    tip.hidden = true;
    redraw();
  }

  let typing = 0;
  search.addEventListener('input', () => {
    clearTimeout(typing);
    typing = setTimeout(find, 120);
  });

  // ---- legend ----

  const sizes = new Uint32Array(label ? labels.length : 0);
  label?.forEach(index => sizes[index]++);
  const keys = (label ? labels : []).map((name, index) => {
    const item = document.createElement('li'), button = document.createElement('button'), sign = document.createElement('canvas');
    const caption = document.createElement('span'), total = document.createElement('span');
    [sign.width, sign.height] = [28, 28];
    [caption.className, caption.textContent, caption.title] = ['name', name, name];
    [total.className, total.textContent] = ['count', number.format(sizes[index])];
    button.append(sign, caption, total);
    button.addEventListener('click', () => toggle(index));
    button.addEventListener('dblclick', () => alone(index));
    item.append(button);
    byId('legend').append(item);
    return { button, sign };
  });

  function toggle(index) {
    if (!hidden.delete(index)) hidden.add(index);
    showHidden();
  }

  function alone(index) {
    const only = hidden.size === labels.length - 1 && !hidden.has(index);
    hidden.clear();
    if (!only) labels.forEach((_, other) => other !== index && hidden.add(other));
    showHidden();
  }

  function showHidden() {
    keys.forEach(({ button }, index) => button.setAttribute('aria-pressed', String(!hidden.has(index))));
    placeAllNames();
    redraw();
  }

  // A narrow window shows the legend when asked.
  const controls = byId('controls'), fold = byId('fold');
  controls.classList.toggle('bare', !label);
  fold.addEventListener('click', () => fold.setAttribute('aria-expanded', String(controls.classList.toggle('open'))));

  function drawLegend() {
    keys.forEach(({ sign }, index) => {
      const brush = sign.getContext('2d'), { side, half, rows, columns, cover } = stamp(shapeOf(index), 10), dot = brush.createImageData(side, side);
      cover.forEach((covered, at) => dot.data.set([...colourOf(index), covered], 4 * (rows[at] * side + columns[at])));
      brush.clearRect(0, 0, 28, 28);
      brush.putImageData(dot, 14 - half, 14 - half);
    });
  }

  // ---- light and dark ----

  const systemDark = window.matchMedia('(prefers-color-scheme: dark)');
  function setTheme(theme) {
    document.documentElement.dataset.theme = theme;
    readColours();
    drawLegend();
    redraw();
  }
  systemDark.addEventListener('change', () => setTheme(systemDark.matches ? 'dark' : 'light'));
  byId('theme').addEventListener('click', () => setTheme(document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark'));

  byId('title').textContent = data.title;
  byId('about').textContent = data.about;
  window.addEventListener('resize', () => {
    resize();
    if (untouched) showFrame();
    else redrawMoved();
  });
  resize();
  setTheme(systemDark.matches ? 'dark' : 'light');
  showHidden();
  showFrame();

  // While a map is being drawn its points move.
  window.move = places => {
    place(places);
    if (places.about) byId('about').textContent = places.about;
    if (untouched) showFrame();
    else redrawMoved();
  };
}

if (document.getElementById('data')) show(JSON.parse(document.getElementById('data').textContent));
