// SPDX-License-Identifier: Apache-2.0
// The phase diagram: any two axes, or one as a curve with points.
const phase = {x: null, y: null, metric: 'total_variation', grid: null, cells: new Map()};
const placeKey = (ix, iy) => `${ix},${iy}`;

function placeText(ix, iy) {
  const part = (a, bin) => `${nameText(axes[a].name)} ${binText(axes[a], bin)}`;
  return phase.y === null ? part(phase.x, ix) : `${part(phase.x, ix)}, ${part(phase.y, iy)}`;
}

function showReadout(place) {
  if (!place) {
    $('readout').innerHTML = `<span class="muted">${phase.y === null ? 'Point at a value' : 'Point at a cell'} to read its numbers.</span>`;
    return;
  }
  const cell = phase.cells.get(placeKey(...place));
  $('readout').innerHTML = `<b>${escaped(capital(placeText(...place)))}</b><br>${cell ? cellText(cell) : 'no GANs'}`;
}

function chooseCell(ix, iy) {
  const cell = phase.cells.get(placeKey(ix, iy));
  if (!cell) return;
  phase.grid.chosen = [ix, iy];
  showCell({cell, title: capital(placeText(ix, iy)),
            has: row => gans.bins[phase.x][row] === ix && (phase.y === null || gans.bins[phase.y][row] === iy)});
}

function leaveCell() {
  if (phase.grid) {
    phase.grid.chosen = null;
    phase.grid.paint();
  }
  showEveryCell();
}

// Where the keyboard starts: the best cell.
function bestPlace() {
  const cells = [...phase.cells.values()].filter(cell => !allDiverged(cell));
  const best = cells.reduce((a, b) => !a || b.total_variation < a.total_variation ? b : a, null);
  return best ? [best.ix, phase.y === null ? 0 : best.iy] : [0, 0];
}

function drawLegend(scale, curve) {
  const metric = metrics[phase.metric], some = [...phase.cells.values()];
  const keys = [];
  const key = (kind, text) => keys.push(`<span class="key"><i class="swatch ${kind}"></i>${text}</span>`);
  if (some.some(allDiverged)) key('diverged', curve ? 'a cross: all diverged' : 'all diverged');
  if (!curve && some.some(cell => cell.diverged && !allDiverged(cell))) key('some', 'some diverged');
  if (!curve && some.length < axes[phase.x].from.length * axes[phase.y].from.length) key('empty', 'no GANs');
  $('legend').innerHTML = (curve || some.every(allDiverged) ? '' : rampHtml(metric.name, scale, metric.text)) + keys.join('');
  paintRamps($('legend'));
}

function drawPhase() {
  const chosen = phase.grid?.chosen ?? null, at = phase.grid?.at ?? null, over = phase.grid?.over ?? null, focused = phase.grid && document.activeElement === phase.grid.element;
  const plot = $('plot'), width = Math.max(plot.clientWidth, leastWidth), metric = metrics[phase.metric], curve = phase.y === null;
  const cells = cellsFor(phase.x, phase.y), scale = scaleOf(metric, cells), x = axes[phase.x], y = curve ? null : axes[phase.y];
  phase.cells = new Map(cells.map(cell => [placeKey(cell.ix, curve ? 0 : cell.iy), cell]));
  const longest = curve ? 6 : Math.max(...binTicks(y, 400, () => 16).map(tick => tick.text.length));
  const left = Math.round(Math.min(longest * letterWidth + 38, width * .34));
  const box = {left: curve ? 56 : left, top: 8, height: curve ? 320 : 0};
  box.width = width - box.left - 12;
  if (!curve) box.height = Math.round(Math.min(Math.max(box.width * .72, 200), Math.max(y.from.length * 56, 160), 480));
  let drawing;
  if (curve) {
    drawing = curveSvg(phase.x, phase.metric, box, true);
  } else {
    const below = xAxisSvg(x, box);
    drawing = {svg: `<rect x="${box.left}" y="${box.top}" width="${box.width}" height="${box.height}" fill="var(--empty)"/>`
                 + `<path class="axis" d="M${box.left} ${box.top}v${box.height}h${box.width}"/>` + yAxisSvg(y, box) + below.svg,
               height: box.top + box.height + below.height};
  }
  const height = Math.ceil(drawing.height);
  plot.innerHTML = `<svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" aria-hidden="true">${drawing.svg}</svg>`;
  const lost = themeColour('diverged-fill');
  phase.grid = new Grid(plot, {
    width: x.from.length, height: curve ? 1 : y.from.length, box,
    label: curve ? `${capital(metric.name)} along ${axisText(x)}, ${plural(x.from.length, 'value')}`
                 : `${capital(metric.name)}: ${axisText(x)}, ${x.from.length} columns; ${axisText(y)}, ${plural(y.from.length, 'row')}`,
    describedBy: 'keys',
    colour: (ix, iy) => {
      const cell = phase.cells.get(placeKey(ix, iy));
      if (curve || !cell) return null;
      if (allDiverged(cell)) return lost;
      return metric.value(cell) === null ? null : colourAt(scale.share(metric.value(cell)));
    },
    mark: (ix, iy) => {
      const cell = phase.cells.get(placeKey(ix, iy));
      return cell && cell.diverged > 0 && !allDiverged(cell);
    },
    point: showReadout, choose: chooseCell, leave: leaveCell, start: bestPlace,
  });
  phase.grid.chosen = chosen;
  phase.grid.at = at;
  phase.grid.over = over;
  phase.grid.paint();
  if (focused) phase.grid.element.focus();
  drawLegend(scale, curve);
  showReadout(over ?? chosen);
}

function noteBins() {
  const shared = [phase.x, phase.y].filter(a => a !== null && axes[a].distinct > axes[a].from.length);
  $('diagram-note').hidden = shared.length === 0;
  $('diagram-note').textContent = shared.map(a => `${capital(nameText(axes[a].name))}: ${countText(axes[a].distinct)} values in ${countText(axes[a].from.length)} bins.`).join(' ');
}

function changeAxes(x, y) {
  [phase.x, phase.y, phase.grid] = [x, y, null];
  $('x-axis').value = x;
  $('y-axis').value = y === null ? 'none' : y;
  $('diagram-title').textContent = y === null ? 'Along one axis' : 'Phase diagram';
  $('metric-label').textContent = y === null ? 'Curve' : 'Colour';
  noteBins();
  drawPhase();
  showEveryCell();
}

function startPhase() {
  if (axes.length === 0) {
    $('diagram').remove();
    $('curves-section').remove();
    $('gradients-section').remove();
    document.querySelector('.of-cell').classList.add('alone');
    return;
  }
  const options = axes.map((axis, a) => `<option value="${a}">${escaped(shortAxisText(axis))}</option>`).join('');
  $('x-axis').innerHTML = options;
  $('y-axis').innerHTML = options + '<option value="none">none: a curve</option>';
  $('metric').innerHTML = Object.entries(metrics).map(([key, {name}]) => `<option value="${key}">${name}</option>`).join('');
  $('x-axis').addEventListener('change', () => {
    const x = Number($('x-axis').value);
    changeAxes(x, phase.y === x ? phase.x : phase.y);
  });
  $('y-axis').addEventListener('change', () => {
    const y = $('y-axis').value === 'none' ? null : Number($('y-axis').value);
    changeAxes(y !== null && y === phase.x ? phase.y ?? axes.findIndex((_, a) => a !== y) : phase.x, y);
  });
  $('metric').addEventListener('change', () => {
    phase.metric = $('metric').value;
    drawPhase();
  });
  if (axes.length === 1) $('y-axis').closest('label').hidden = $('x-axis').closest('label').hidden = true;
  // Replicas differ in nothing but their noise: no axis to start with.
  const first = axes.map((axis, a) => ({axis, a})).filter(({axis}) => axis.name !== 'replica').map(({a}) => a);
  changeAxes(first[0] ?? 0, first[1] ?? null);
}
