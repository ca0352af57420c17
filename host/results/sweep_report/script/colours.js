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
  if (metric === metrics.total_variation) low = 0;
  if (high === low) return low === 0 ? [0, 1] : [Math.min(0, low), Math.max(0, high)];
  const ticks = niceTicks(low, high, 5), step = ticks.length > 1 ? ticks[1] - ticks[0] : high - low;
  return [Math.floor(low / step + 1e-9) * step, Math.ceil(high / step - 1e-9) * step].map(v => Number(v.toPrecision(12)));
}

function rampHtml(name, [low, high], text) {
  const ticks = [low, ...niceTicks(low, high, 4).filter(tick => tick > low + (high - low) * .12 && tick < high - (high - low) * .12), high];
  const at = tick => (100 * (tick - low) / (high - low)).toFixed(2);
  return `<div class="scale"><div>${escaped(name)}</div><div class="ramp"></div><div class="ticks">`
    + ticks.map(tick => `<span style="left:${at(tick)}%">${text(tick)}</span>`).join('') + '</div></div>';
}
const paintRamps = root => { for (const ramp of root.querySelectorAll('.ramp')) ramp.style.background = rampStyle; };
