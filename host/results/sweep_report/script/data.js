// SPDX-License-Identifier: Apache-2.0
// The data of the page (sweep_report_data() in host/results/), and what all scripts say about them in words.
'use strict';
const data = JSON.parse(document.getElementById('data').textContent);
const axes = data.axes, gans = data.gans, summary = data.summary;
const listed = gans.number.length;
const $ = id => document.getElementById(id);

const escaped = text => String(text).replace(/[&<>"']/g, c => `&#${c.charCodeAt(0)};`);
const nameText = name => name.replace(/_/g, ' ');
const capital = text => text.charAt(0).toUpperCase() + text.slice(1);
const plural = (count, word) => `${countText(count)} ${word}${count === 1 ? '' : 's'}`;
const countText = count => String(count).replace(/\B(?=(\d{3})+$)/g, ',');

// At most `digits` significant digits.
function numberText(value, digits = 3) {
  if (value === null || !Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (value === 0) return '0';
  if (size >= 1e8 || size < 1e-3) return value.toExponential(digits - 1).replace(/\.?0*e/, 'e').replace('e+', 'e').replace('-', '−').replace('e-', 'e−');
  if (size >= 10 ** digits) return countText(Math.round(value)).replace('-', '−');
  return String(Number(value.toPrecision(digits))).replace('-', '−');
}
const percentText = share => {
  const percent = 100 * share;
  if (percent === 0 || percent === 100) return `${percent} %`;
  return `${percent < .1 ? '< 0.1' : percent > 99.9 ? '> 99.9' : percent.toFixed(1).replace(/\.0$/, '')} %`;
};

const shareText = share => share === null ? '–' : percentText(share);

// An axis's value, and all values of a bin.
const wordOf = (axis, value) => axis.words[value] ?? numberText(value, 5);
const valueText = (axis, value, digits = 5) => value === null ? '–' : axis.words.length ? wordOf(axis, value) : numberText(value, digits);
// At ticks: so many digits that values differ.
function tickDigits(axis) {
  const count = digits => new Set(axis.from.map(value => valueText(axis, value, digits))).size;
  return [2, 3, 4].find(digits => count(digits) === axis.from.length) ?? 5;
}
function binText(axis, bin) {
  const from = valueText(axis, axis.from[bin]), to = valueText(axis, axis.to[bin]);
  return from === to ? from : `${from} … ${to}`;
}
const shortAxisText = axis => nameText(axis.name) + (axis.logarithmic ? ' (log)' : '');
const axisText = axis => nameText(axis.name) + (axis.logarithmic ? ' (logarithmic)' : '');

// Of the GAN in this place of the list.
const ganNumber = row => String(BigInt(summary.first_gan) + BigInt(gans.number[row]));
const valueOf = (row, a) => gans.values[a] ? gans.values[a][row] : gans.bins[a][row] === null ? null : axes[a].from[gans.bins[a][row]];
const diverged = row => gans.total_variation[row] === null;
const outcomeText = row => diverged(row) ? 'diverged'
  : gans.total_variation[row] <= summary.tolerance ? gans.stopped[row] ? 'converged, stopped early' : 'converged'
  : 'not converged';
const hasHistory = row => row < data.history.epochs.length;

// The columns of cells as objects: {ix, iy, gans, diverged, converged, total_variation, epochs, …}.
function cellsOf(columns, width) {
  const names = Object.keys(columns).filter(name => name !== 'cell');
  return columns.gans.map((_, i) => {
    const place = columns.cell ? columns.cell[i] : i;
    const cell = {ix: place % width, iy: Math.floor(place / width)};
    for (const name of names) cell[name] = columns[name][i];
    return cell;
  });
}
const allCells = new Map();
function cellsFor(x, y) {
  const key = `${x},${y}`;
  if (!allCells.has(key)) {
    const first = Math.min(x, y), second = Math.max(x, y), width = axes[first].from.length;
    const pair = y === null ? null : data.pairs.find(each => each.x === first && each.y === second);
    const cells = pair ? cellsOf(pair.cells, width) : cellsOf(axes[x].cells, axes[x].from.length);
    if (pair && x !== first) for (const cell of cells) [cell.ix, cell.iy] = [cell.iy, cell.ix];
    allCells.set(key, cells);
  }
  return allCells.get(key);
}

// What a cell's colour can mean. value() is null where there is none, because all GANs have diverged. fromZero: also if no
// number is near it; logarithmic: where numbers span decades.
const metrics = {
  total_variation: {name: 'median total variation', value: cell => cell.total_variation, text: v => numberText(v), fromZero: true},
  converged: {name: 'fraction converged', value: cell => cell.converged / cell.gans, text: percentText, share: true},
  epochs: {name: 'median epochs to the end', value: cell => cell.epochs, text: v => numberText(v, 4)},
  diverged: {name: 'fraction diverged', value: cell => cell.diverged / cell.gans, text: percentText, share: true},
};
if (summary.gradient_samples) {
  metrics.nonzero_gradients = {name: 'median share of samples with a gradient', value: cell => cell.nonzero_gradients, text: percentText, share: true};
  metrics.gradient_variance = {name: 'median variance of the gradient', value: cell => cell.gradient_variance, text: v => numberText(v), fromZero: true, logarithmic: true};
}
const allDiverged = cell => cell.diverged === cell.gans;

function cellText(cell) {
  const counts = `${plural(cell.gans, 'GAN')}: ${countText(cell.converged)} converged (${percentText(cell.converged / cell.gans)})`
    + (cell.diverged ? `, ${countText(cell.diverged)} diverged` : ', none diverged');
  if (allDiverged(cell)) return cell.gans === 1 ? '1 GAN, which diverged' : `${plural(cell.gans, 'GAN')}, all of which diverged`;
  const gradients = summary.gradient_samples
    ? `; median share of samples with a gradient ${shareText(cell.nonzero_gradients)}, median variance of the gradient ${numberText(cell.gradient_variance)}` : '';
  return `${counts}; median total variation ${numberText(cell.total_variation)}, median epochs to the end ${numberText(cell.epochs, 4)}${gradients}`;
}
