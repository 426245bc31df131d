'use strict';
// Where names stand on a map: the rule of LabelPlacement, whose numbers come with the page. labels: { x, y, width, height } by their middle, the most
// important first; points: x and y by turns; taken: where no name may stand. Returns the middle of each name, or null where there is no room.
function placeNames(rule, labels, points, width, height, taken) {
  const columns = Math.floor(Math.max(0, width) / rule.cellSize) + 1, rows = Math.floor(Math.max(0, height) / rule.cellSize) + 1;
  const line = rows + 1, sums = new Uint32Array((columns + 1) * line);
  for (let i = 0; i < points.length; i += 2) {
    const x = points[i], y = points[i + 1];
    if (x >= 0 && y >= 0 && x <= width && y <= height) sums[(Math.floor(x / rule.cellSize) + 1) * line + Math.floor(y / rule.cellSize) + 1]++;
  }
  for (let column = 1; column <= columns; column++) {
    for (let row = 1; row <= rows; row++) {
      sums[column * line + row] += sums[(column - 1) * line + row] + sums[column * line + row - 1] - sums[(column - 1) * line + row - 1];
    }
  }

  const cell = (place, count) => Math.min(count, Math.max(0, Math.trunc(place / rule.cellSize)));
  function pointsWithin({ x, y, width, height }) {
    const left = cell(x - width / 2, columns), right = cell(x + width / 2 + rule.cellSize, columns);
    const top = cell(y - height / 2, rows), bottom = cell(y + height / 2 + rule.cellSize, rows);
    return sums[right * line + bottom] - sums[left * line + bottom] - sums[right * line + top] + sums[left * line + top];
  }

  const overlap = (a, b, gap) => Math.abs(a.x - b.x) < (a.width + b.width) / 2 + gap && Math.abs(a.y - b.y) < (a.height + b.height) / 2 + gap;
  const inside = (middle, size, length) => Math.min(length - size / 2, Math.max(size / 2, middle));
  const placed = [...taken];
  return labels.map(label => {
    if (label.width > width || label.height > height) return null;
    const usual = Math.max(1, points.length / 2 * label.width * label.height / Math.max(1, width * height));
    let best = null, bestCost = rule.mostCost;
    for (let ring = 0; ring <= rule.rings; ring++) {
      for (let place = 0; place < (ring === 0 ? 1 : rule.placesPerRing); place++) {
        const angle = 2 * Math.PI * place / rule.placesPerRing;
        const x = inside(label.x + Math.cos(angle) * ring * Math.max(label.height / 2, label.width / 8), label.width, width);
        const y = inside(label.y + Math.sin(angle) * ring * label.height / 2, label.height, height);
        const candidate = { ...label, x, y }, distance = Math.sqrt((x - label.x) ** 2 / 4 + (y - label.y) ** 2);
        if (placed.some(other => overlap(other, candidate, rule.gap * label.height))) continue;
        const cost = pointsWithin(candidate) / usual + rule.distanceCost * distance / label.height;
        if (cost < bestCost - rule.leastGain) [best, bestCost] = [candidate, cost];
      }
    }
    if (best) placed.push(best);
    return best && { x: best.x, y: best.y };
  });
}
