// SPDX-License-Identifier: Apache-2.0
// The GANs of a cell: what they learned, the history of any of them that has one, their list.
const shown = {rows: [], cell: null, one: null, history: null, target: 0};
const mostMembers = 200;

function showCell({cell, title, has}) {
  shown.cell = cell;
  shown.rows = [...Array(listed).keys()].filter(has);
  shown.one = null;
  const targets = targetsOf(shown.rows);
  shown.target = targets.length ? targets[0].target : null;
  $('cell-title').textContent = title;
  $('members-title').textContent = `${title}, one by one`;
  $('cell-counts').textContent = cellText(cell) + '.';
  drawLearned();
  drawHistory();
  drawMembers();
}
const showEveryCell = () => showCell({cell: summary, title: 'All GANs', has: () => true});

const probabilitiesOf = row => gans.distribution[row]?.map(value => value / gans.scale) ?? null;

// Targets of the GANs, and which of them have their distribution in the page; those of most GANs first.
function targetsOf(rows) {
  const found = new Map();
  for (const row of rows) {
    if (gans.target[row] === undefined) continue;
    if (!found.has(gans.target[row])) found.set(gans.target[row], []);
    found.get(gans.target[row]).push(row);
  }
  return [...found].map(([target, rowsOf]) => ({target, rows: rowsOf})).sort((a, b) => b.rows.length - a.rows.length || a.target - b.target);
}

function quantileOf(sorted, share) {
  const at = share * (sorted.length - 1), below = Math.floor(at), above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}

function spreadOf(rows) {
  const there = rows.map(probabilitiesOf).filter(row => row !== null);
  if (there.length === 0) return null;
  const spread = {mean: [], low: [], high: [], count: there.length};
  for (let k = 0; k < there[0].length; ++k) {
    const sorted = there.map(row => row[k]).sort((a, b) => a - b);
    spread.mean.push(sorted.reduce((a, b) => a + b) / sorted.length);
    spread.low.push(quantileOf(sorted, .05));
    spread.high.push(quantileOf(sorted, .95));
  }
  return spread;
}

const targetText = target => {
  const p = data.targets[target];
  return p.length > 8 ? `${p.length} classes, number ${target + 1}` : p.map(value => numberText(value)).join(', ');
};

function drawLearned() {
  const targets = targetsOf(shown.rows), place = $('learned');
  const group = targets.find(each => each.target === shown.target);
  if (!group) {
    place.innerHTML = '<p class="muted small">The distributions of these GANs are not in this page; the sweep’s file has them.</p>';
    return;
  }
  const target = data.targets[group.target], learned = spreadOf(group.rows);
  const one = shown.one !== null && gans.target[shown.one] === group.target ? probabilitiesOf(shown.one) : null;
  const keys = [['target', 'target']];
  if (learned) keys.push(['bar', 'mean'], ['whisker', '5–95 % of the GANs']);
  if (one) keys.push(['one', `GAN ${ganNumber(shown.one)}`]);
  const choice = targets.length < 2 ? '' : `<label class="inline">Target <select id="target">${targets.slice(0, 200).map(each =>
    `<option value="${each.target}"${each === group ? ' selected' : ''}>${escaped(targetText(each.target))} (${plural(each.rows.length, 'GAN')})</option>`).join('')}</select></label>`;
  const of = learned ? learned.count : 0, finite = shown.cell.gans - shown.cell.diverged;
  const note = !learned ? 'All of them diverged, so there is nothing but the target to show.'
    : targets.length > 1 ? `Of ${plural(of, 'GAN')} with this target.`
    : of < finite ? `From ${countText(of)} of ${plural(finite, 'GAN')}, a part that this page has in full.` : `Of ${plural(of, 'GAN')}.`;
  place.innerHTML = choice + `<div class="keys-row">${keys.map(([kind, text]) => `<span><i class="swatch ${kind}"></i>${text}</span>`).join('')}</div>`
    + distributionSvg(learned, target, one, Math.max(place.clientWidth, leastWidth)) + `<p class="muted small">${note}</p>` + numbersTable(learned, target);
  $('target')?.addEventListener('change', event => {
    shown.target = Number(event.target.value);
    drawLearned();
    $('target').focus();
  });
}

function numbersTable(learned, target) {
  if (target.length > 64) return '';
  const cells = learned ? k => [learned.mean[k], learned.low[k], learned.high[k]] : () => [null, null, null];
  return '<details><summary>Numbers</summary><div class="scroll" tabindex="0" role="region" aria-label="Probabilities"><table><caption>Probabilities by class</caption>'
    + '<thead><tr><th scope="col">class</th><th scope="col">target</th><th scope="col">mean</th><th scope="col">5 %</th><th scope="col">95 %</th></tr></thead><tbody>'
    + target.map((value, k) => `<tr><th scope="row">${k}</th>${[value, ...cells(k)].map(each => `<td>${numberText(each, 4)}</td>`).join('')}</tr>`).join('')
    + '</tbody></table></div></details>';
}

function drawMembers() {
  const rows = shown.rows.slice().sort((a, b) => gans.number[a] - gans.number[b]).slice(0, mostMembers);
  const total = shown.cell.gans;
  const columns = memberColumns();
  $('members').innerHTML = tableHtml(`${rows.length < total ? `${countText(rows.length)} of ${plural(total, 'GAN')}` : plural(total, 'GAN')}; a number shows that GAN’s own distribution and history`, rows, columns, true);
  makeSortable($('members').querySelector('table'), columns);
  for (const button of $('members').querySelectorAll('[data-row]'))
    button.addEventListener('click', () => showOne(Number(button.dataset.row)));
}

function showOne(row) {
  shown.one = shown.one === row ? null : row;
  for (const button of $('members').querySelectorAll('[data-row]'))
    button.setAttribute('aria-pressed', String(Number(button.dataset.row) === shown.one));
  if (shown.one !== null && gans.target[row] !== undefined) shown.target = gans.target[row];
  drawLearned();
  drawHistory(shown.one === null && !hasHistory(row) ? null : row);
}

// Of this GAN; null: of the first that has one.
function drawHistory(row = null) {
  const place = $('history'), there = shown.rows.filter(hasHistory);
  shown.history = null;
  if (there.length === 0) {
    place.innerHTML = `<p class="muted small">${data.history.of ? 'None of these GANs has a history in this page.' : 'The sweep kept no histories.'}</p>`;
    return;
  }
  shown.history = row ??= there[0];
  if (!hasHistory(row)) {
    place.innerHTML = `<p class="muted small">GAN ${ganNumber(row)} has no history in this page.</p>`;
    return;
  }
  const options = there.map(each => `<option value="${each}"${each === row ? ' selected' : ''}>${ganNumber(each)}</option>`).join('');
  const epochs = data.history.epochs[row], bars = data.history.distribution[row];
  place.innerHTML = `<label class="inline">GAN <select id="history-gan">${options}</select></label>`;
  $('history-gan').addEventListener('change', event => {
    drawHistory(Number(event.target.value));
    $('history-gan').focus();
  });
  if (epochs.length === 0) {
    place.insertAdjacentHTML('beforeend', '<p class="muted small">This GAN ended before its first epoch did.</p>');
    return;
  }
  drawHeatMap(place, row, epochs, bars);
}

// Classes × epochs, class 0 on top; the target in a column of its own on the right.
function drawHeatMap(place, row, epochs, bars) {
  const classes = bars[0].length, target = gans.target[row] === undefined ? null : data.targets[gans.target[row]];
  let most = 1e-9;
  for (const bar of bars) for (const value of bar) most = Math.max(most, value / gans.scale);
  if (target) most = Math.max(most, ...target);
  const width = Math.max(place.clientWidth, leastWidth), side = target ? 56 : 0;
  const left = 30 + String(classes).length * letterWidth;
  const box = {left, top: 4, width: width - left - 8 - side, height: Math.min(Math.max(classes * 16, 96), 220)};
  const bottom = box.top + box.height;
  let svg = `<rect x="${box.left}" y="${box.top}" width="${box.width}" height="${box.height}" fill="var(--empty)"/>`;
  for (const k of classTicks(classes, box.height / 15)) svg += svgText(box.left - 6, box.top + (k + .5) * box.height / classes + 4, String(k), 'text-anchor="end"');
  const ticks = epochs.length === 1 ? [epochs[0]] : niceTicks(epochs[0], epochs.at(-1), 4).filter(Number.isInteger);
  for (const tick of ticks) {
    const column = epochs.findIndex(epoch => epoch >= tick);
    svg += svgText(box.left + (column + .5) * box.width / epochs.length, bottom + 17, countText(tick), 'text-anchor="middle"');
  }
  svg += svgText(box.left + box.width / 2, bottom + 35, 'epoch', 'text-anchor="middle" class="name"')
    + svgText(0, 0, 'class', `text-anchor="middle" class="name" transform="translate(12 ${box.top + box.height / 2}) rotate(-90)"`);
  if (target) {
    const x = box.left + box.width + 28;
    target.forEach((value, k) => {
      svg += `<rect x="${x}" y="${(box.top + k * box.height / classes).toFixed(2)}" width="18" height="${(box.height / classes + .3).toFixed(2)}" fill="${colourAt(value / most)}"/>`;
    });
    svg += svgText(x + 9, bottom + 17, 'target', 'text-anchor="middle"');
  }
  const holder = document.createElement('div');
  holder.className = 'plot';
  holder.innerHTML = `<svg viewBox="0 0 ${width} ${bottom + 40}" width="${width}" height="${bottom + 40}" aria-hidden="true">${svg}</svg>`;
  const readout = document.createElement('p');
  readout.className = 'readout small';
  readout.setAttribute('role', 'status');
  place.append(holder, readout);
  const lost = themeColour('diverged-fill');
  const point = at => {
    if (!at) {
      readout.innerHTML = '<span class="muted">Probability of each class after each epoch.</span>';
      return;
    }
    const [column, k] = [at[0], classes - 1 - at[1]], value = bars[column][k], distance = data.history.total_variation[row][column];
    readout.textContent = `Epoch ${countText(epochs[column])}, class ${k}: ${value === null ? 'diverged' : numberText(value / gans.scale)}`
      + (target ? `, target ${numberText(target[k])}` : '') + (distance === undefined || distance === null ? '' : `; total variation ${numberText(distance)}`);
  };
  shown.heatMap = new Grid(holder, {
    width: epochs.length, height: classes, box, point, choose: null,
    label: `History of GAN ${ganNumber(row)}: ${plural(epochs.length, 'epoch')}, ${classes} classes`,
    colour: (ix, iy) => {
      const value = bars[ix][classes - 1 - iy];
      return value === null ? lost : colourAt(value / gans.scale / most);
    },
  });
  point(null);
  const legend = document.createElement('div');
  legend.className = 'legend';
  legend.innerHTML = rampHtml('probability', linearScale(0, most), value => numberText(value))
    + (bars.some(bar => bar.includes(null)) ? '<span class="key"><i class="swatch diverged"></i>diverged</span>' : '');
  place.append(legend);
  paintRamps(legend);
}
