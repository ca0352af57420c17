// SPDX-License-Identifier: Apache-2.0
// Drawings in SVG: the frame and ticks of a diagram, curves, distributions.

const letterWidth = 6.7;  // of a tick's text, on average
const leastWidth = 240;  // of a drawing, also where the page has no width yet
// Of words and replicas no value is between two others: no line joins their points.
const unordered = axis => axis.words.length > 0 || axis.name === 'replica';

// Ticks of an axis whose bins lie side by side along `length` pixels: {at: pixels, text}. All bins, or round values.
function binTicks(axis, length, room) {
  const bins = axis.from.length, size = length / bins;
  const digits = tickDigits(axis), single = bin => ({at: (bin + .5) * size, text: valueText(axis, axis.from[bin], digits)});
  const every = [...Array(bins).keys()].map(single);
  const widest = Math.max(...every.map(tick => room(tick.text)));
  if (widest <= size) return every;
  if (!axis.words.length) {
    const ticks = roundTicks(axis, size, Math.max(2, Math.floor(length / widest)));
    if (ticks.length > 1) return ticks;
  }
  const step = Math.ceil(widest / size);
  return every.filter((_, bin) => bin % step === 0);
}

// Powers of ten, or other round numbers, where they lie between the bins' values.
function roundTicks(axis, size, count) {
  const log = axis.logarithmic && axis.from[0] > 0, scaled = log ? Math.log10 : value => value;
  const middle = axis.from.map((from, bin) => (scaled(from) + scaled(axis.to[bin])) / 2), last = middle.length - 1;
  let values = niceTicks(axis.from[0], axis.to[last], Math.min(count, 6));
  if (log) {
    const first = Math.ceil(middle[0] - 1e-6), decades = Math.floor(middle[last] + 1e-6) - first + 1;
    if (decades < 2) return [];
    const step = Math.ceil(decades / count);
    values = [...Array(decades).keys()].filter(i => i % step === 0).map(i => Number(`1e${first + i}`));
  }
  return values.flatMap(value => {
    const at = scaled(value), slack = 1e-6 * (middle[last] - middle[0]);
    if (at < middle[0] - slack || at > middle[last] + slack) return [];
    let bin = middle.findIndex(each => each >= at - slack);
    bin = Math.max(bin, 1);
    const share = (at - middle[bin - 1]) / (middle[bin] - middle[bin - 1]);
    return [{at: (bin - .5 + share) * size, text: numberText(value)}];
  });
}

const svgText = (x, y, text, more = '') => `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${more}>${escaped(text)}</text>`;
const svgLine = (x1, y1, x2, y2, kind) =>
  `<line x1="${x1.toFixed(1)}" y1="${y1.toFixed(1)}" x2="${x2.toFixed(1)}" y2="${y2.toFixed(1)}" class="${kind}"/>`;
const shortened = (text, letters) => text.length > letters ? text.slice(0, letters - 1) + '…' : text;

// Below a plot of the given box: its axis's ticks and name. Long words stand aslant.
function xAxisSvg(axis, box, named = true) {
  const words = axis.words.length > 0, size = box.width / axis.from.length;
  const longest = Math.max(...axis.from.map((_, bin) => valueText(axis, axis.from[bin]).length));
  const aslant = words && longest * letterWidth + 8 > size && size > 14;
  const ticks = binTicks(axis, box.width, text => aslant ? 14 : Math.min(text.length, 9) * letterWidth + 12);
  const bottom = box.top + box.height;
  let svg = '';
  for (const {at, text} of ticks) {
    const x = box.left + at;
    svg += svgLine(x, bottom, x, bottom + 5, 'axis');
    svg += aslant ? svgText(x + 3, bottom + 14, shortened(text, 16), `text-anchor="end" transform="rotate(-35 ${x + 3} ${bottom + 14})"`)
                  : svgText(x, bottom + 18, words ? shortened(text, Math.max(3, Math.floor(size / letterWidth * Math.max(1, axis.from.length / ticks.length)))) : text, 'text-anchor="middle"');
  }
  const below = aslant ? 24 + .574 * letterWidth * Math.min(longest, 16) : 24;
  if (named) svg += svgText(box.left + box.width / 2, bottom + below + 14, axisText(axis), 'text-anchor="middle" class="name"');
  return {svg, height: below + (named ? 20 : 0)};
}

function yAxisSvg(axis, box) {
  const letters = Math.floor((box.left - 34) / letterWidth);
  const svg = binTicks(axis, box.height, () => 16).map(({at, text}) => {
    const y = box.top + box.height - at;
    return svgLine(box.left - 5, y, box.left, y, 'axis') + svgText(box.left - 9, y + 4, shortened(text, letters), 'text-anchor="end"');
  }).join('');
  return svg + svgText(0, 0, axisText(axis), `text-anchor="middle" class="name" transform="translate(13 ${box.top + box.height / 2}) rotate(-90)"`);
}

// A metric along an axis: a point a bin, its band where the metric has one, crosses where all GANs have diverged.
function curveSvg(a, metricName, box, named) {
  const axis = axes[a], metric = metrics[metricName], cells = cellsFor(a, null);
  const banded = metricName === 'total_variation';
  let scale = scaleOf(metric, cells);
  if (banded) scale = linearScale(scale.low, Math.max(scale.high, domainOf({value: cell => cell.total_variation_95}, cells)[1]));
  const x = cell => box.left + (cell.ix + .5) * box.width / axis.from.length;
  const y = value => box.top + box.height * (1 - scale.share(value));
  let svg = '';
  for (const tick of scale.ticks(4))
    svg += svgLine(box.left, y(tick), box.left + box.width, y(tick), 'guide')
      + svgText(box.left - 8, y(tick) + 4, scale.label(tick, metric.share ? percentText : v => numberText(v)), 'text-anchor="end"');
  const there = cells.filter(cell => metric.value(cell) !== null && !allDiverged(cell));
  const runs = [];  // of neighbours
  for (const cell of there) {
    if (unordered(axis) || !runs.length || runs.at(-1).at(-1) !== cells[cells.indexOf(cell) - 1]) runs.push([]);
    runs.at(-1).push(cell);
  }
  const points = (run, value) => run.map(cell => `${x(cell).toFixed(1)},${y(value(cell)).toFixed(1)}`);
  for (const run of runs) {
    if (banded && run.length > 1)
      svg += `<polygon class="band" points="${[...points(run, c => c.total_variation_95), ...points(run, c => c.total_variation_05).reverse()].join(' ')}"/>`;
    if (banded && run.length === 1) svg += svgLine(x(run[0]), y(run[0].total_variation_05), x(run[0]), y(run[0].total_variation_95), 'spread');
    if (run.length > 1) svg += `<polyline class="curve" points="${points(run, metric.value).join(' ')}"/>`;
  }
  const radius = box.width / axis.from.length < 6 ? 0 : box.width / axis.from.length < 14 ? 2.5 : 4;
  for (const cell of radius || there.length === 1 ? there : runs.filter(run => run.length === 1).flat())
    svg += `<circle class="point" cx="${x(cell).toFixed(1)}" cy="${y(metric.value(cell)).toFixed(1)}" r="${radius || 2}"><title>${escaped(binText(axis, cell.ix))}: ${metric.text(metric.value(cell))}</title></circle>`;
  for (const cell of cells.filter(allDiverged)) {
    const at = x(cell), size = Math.max(2, Math.min(4, box.width / axis.from.length / 3));
    svg += `<path class="cross" d="M${at - size} ${box.top + 6 - size}l${2 * size} ${2 * size}m${-2 * size} 0l${2 * size} ${-2 * size}"><title>${escaped(binText(axis, cell.ix))}: all diverged</title></path>`;
  }
  const below = xAxisSvg(axis, box, named);
  svg += `<path class="axis" d="M${box.left} ${box.top + box.height}h${box.width}"/>` + below.svg;
  return {svg, height: box.top + box.height + below.height};
}

// Of 0 … classes − 1: all, or about `room` round ones.
const classTicks = (classes, room) => classes <= room ? [...Array(classes).keys()] : niceTicks(0, classes - 1, room / 1.5);

// learned: {mean, low, high} by class; target by class; one: a single GAN's probabilities, or null.
function distributionSvg(learned, target, one, width) {
  const classes = target.length, box = {left: 40, top: 8, width: width - 48, height: 180}, slot = box.width / classes;
  const most = Math.max(...target, ...(learned ? [...learned.high, ...learned.mean] : []), ...(one ?? []), 1e-9);
  const ticks = niceTicks(0, most, 4), top = Math.max(most, ticks.at(-1)) * 1.02;
  const y = value => box.top + box.height * (1 - value / top), bar = Math.max(slot * .72, .6), bottom = y(0);
  let svg = '', bars = '', whiskers = '', targets = '', dots = '';
  for (const tick of ticks) svg += svgLine(box.left, y(tick), box.left + box.width, y(tick), 'guide') + svgText(box.left - 6, y(tick) + 4, numberText(tick), 'text-anchor="end"');
  for (let k = 0; k < classes; ++k) {
    const x = box.left + (k + .5) * slot;
    if (learned) {
      bars += `M${(x - bar / 2).toFixed(2)} ${bottom}V${y(learned.mean[k]).toFixed(2)}h${bar.toFixed(2)}V${bottom}z`;
      whiskers += `M${x.toFixed(2)} ${y(learned.low[k]).toFixed(2)}V${y(learned.high[k]).toFixed(2)}`;
    }
    targets += `M${(x - slot * .46).toFixed(2)} ${y(target[k]).toFixed(2)}h${(slot * .92).toFixed(2)}`;
    if (one) dots += `<circle class="one" cx="${x.toFixed(1)}" cy="${y(one[k]).toFixed(1)}" r="${Math.max(1, Math.min(4.5, slot / 4))}"/>`;
  }
  const thin = slot < 8 ? ' style="stroke-width:1"' : '';
  svg += `<path class="bar" d="${bars}"/><path class="whisker"${thin} d="${whiskers}"/><path class="target" d="${targets}"/>${dots}`;
  for (const k of classTicks(classes, box.width / 30)) svg += svgText(box.left + (k + .5) * slot, bottom + 17, String(k), 'text-anchor="middle"');
  svg += `<path class="axis" d="M${box.left} ${bottom}h${box.width}"/>` + svgText(box.left + box.width / 2, bottom + 35, 'class', 'text-anchor="middle" class="name"');
  return `<svg viewBox="0 0 ${width} ${box.height + box.top + 42}" role="img" aria-labelledby="learned-title cell-title">${svg}</svg>`;
}
