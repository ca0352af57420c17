// SPDX-License-Identifier: Apache-2.0
// Colours of numbers: viridis (Smith and van der Walt, matplotlib), perceptually uniform, by eleven of its values.
const viridis = [[68, 1, 84], [72, 36, 117], [65, 68, 135], [53, 95, 141], [42, 120, 142], [33, 145, 140],
                 [34, 168, 132], [68, 191, 112], [122, 209, 81], [189, 223, 38], [253, 231, 37]];

// At 0 … 1.
function colourAt(share) {
  const at = Math.min(Math.max(share, 0), 1) * (viridis.length - 1), below = Math.min(Math.floor(at), viridis.length - 2);
  const mixed = viridis[below].map((from, i) => Math.round(from + (at - below) * (viridis[below + 1][i] - from)));
  return `rgb(${mixed.join(' ')})`;
}
const rampStyle = `linear-gradient(90deg, ${viridis.map(each => `rgb(${each.join(' ')})`).join(', ')})`;
const themeColour = name => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

// Round numbers in from … to, about `count` of them.
function niceTicks(from, to, count) {
  if (!(to > from)) return [from];
  const raw = (to - from) / Math.max(count, 1), power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 5].find(factor => factor * power >= raw * .999) ?? 10), ticks = [];
  for (let i = Math.ceil(from / step - 1e-9); i * step <= to + step * 1e-9; ++i) ticks.push(Number((i * step).toPrecision(12)));
  return ticks;
}

// The numbers that the first and the last colour stand for.
function domainOf(metric, cells) {
  if (metric.share) return [0, 1];
  const values = cells.map(metric.value).filter(value => value !== null);
  if (values.length === 0) return [0, 1];
  let low = values.reduce((a, b) => Math.min(a, b)), high = values.reduce((a, b) => Math.max(a, b));
  if (metric.fromZero) low = 0;
  if (high === low) return low === 0 ? [0, 1] : [Math.min(0, low), Math.max(0, high)];
  const ticks = niceTicks(low, high, 5), step = ticks.length > 1 ? ticks[1] - ticks[0] : high - low;
  return [Math.floor(low / step + 1e-9) * step, Math.ceil(high / step - 1e-9) * step].map(v => Number(v.toPrecision(12)));
}

// Where numbers lie between the first colour and the last, or the bottom and the top of a curve: share(), 0 … 1.
const linearScale = (low, high) => ({
  low, high, logarithmic: false,
  share: value => high > low ? (value - low) / (high - low) : 0,
  ticks: count => niceTicks(low, high, count),
  label: (tick, text) => text(tick),
});

// From 10^first to 10^last. Below is a place for zero and for numbers that are too small, `beneath`.
function logarithmicScale(first, last, beneath) {
  const space = beneath.length ? .15 : 0, tiny = beneath.some(value => value > 0), step = Math.ceil((last - first) / 4), start = last - step * Math.ceil((last - first) / step);
  const power = exponent => Number(`1e${exponent}`);
  const decades = [...Array((last - start) / step + 1).keys()].map(i => power(start + i * step));
  return {
    low: space ? 0 : power(start), high: power(last), logarithmic: true,
    share: value => value < power(start) ? 0 : space + (1 - space) * (Math.log10(value) - start) / (last - start),
    ticks: () => space ? [0, ...decades.slice(tiny ? 1 : 0)] : decades,
    label: (tick, text) => tick === 0 && tiny ? `< ${text(power(start))}` : text(tick),
  };
}

// Logarithmic if the metric may be and its numbers span decades, of which the largest are shown.
function scaleOf(metric, cells) {
  const values = metric.logarithmic ? cells.map(metric.value).filter(value => value !== null) : [];
  const positive = values.filter(value => value > 0);
  const least = positive.reduce((a, b) => Math.min(a, b), Infinity), most = positive.reduce((a, b) => Math.max(a, b), 0);
  if (!(most >= 30 * least)) return linearScale(...domainOf(metric, cells));
  const mostDecades = 12, last = Math.ceil(Math.log10(most)), first = Math.max(Math.floor(Math.log10(least)), last - mostDecades);
  return logarithmicScale(first, last, values.filter(value => value < Number(`1e${first}`)));
}

function rampHtml(name, scale, text) {
  const inside = scale.ticks(4).filter(tick => scale.share(tick) > .12 && scale.share(tick) < .88);
  return `<div class="scale"><div>${escaped(name)}${scale.logarithmic ? ' (logarithmic)' : ''}</div><div class="ramp"></div><div class="ticks">`
    + [scale.low, ...inside, scale.high].map(tick => `<span style="left:${(100 * scale.share(tick)).toFixed(2)}%">${escaped(scale.label(tick, text))}</span>`).join('') + '</div></div>';
}
const paintRamps = root => { for (const ramp of root.querySelectorAll('.ramp')) ramp.style.background = rampStyle; };
