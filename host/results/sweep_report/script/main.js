// SPDX-License-Identifier: Apache-2.0
// The page's head, settings, curves and theme; everything is drawn anew when the width or the theme changes.
function drawHead() {
  const kinds = axes.map(axis => `${nameText(axis.name)} (${countText(axis.distinct)})`);
  document.title = $('title').textContent = `Sweep of ${plural(summary.gans, 'GAN')}`;
  $('subtitle').textContent = kinds.length ? `Over ${kinds.join(' × ')}` : summary.gans > 1 ? 'They differ in nothing but their noise.' : '';
  const share = count => percentText(count / summary.gans);
  const tile = (name, value, more = '', kind = '') => `<div class="${kind}"><dt>${name}</dt><dd>${value}${more && `<small>${more}</small>`}</dd></div>`;
  const rate = summary.seconds > 0 ? summary.gans / summary.seconds : null;
  const hardware = [summary.hardware, summary.threads ? plural(summary.threads, summary.backend === 'cuda' ? 'device' : 'thread') : ''].filter(Boolean).join(', ');
  const finite = summary.gans - summary.diverged;
  $('tiles').innerHTML = tile('Converged', countText(summary.converged), `${share(summary.converged)}<br>total variation ≤ ${numberText(summary.tolerance)}`)
    + tile('Not converged', countText(finite - summary.converged), share(finite - summary.converged))
    + tile('Diverged', countText(summary.diverged), share(summary.diverged), summary.diverged ? 'bad' : '')
    + tile('Median total variation', numberText(summary.total_variation), finite ? `5–95 %: ${numberText(summary.total_variation_05)} … ${numberText(summary.total_variation_95)}` : 'all diverged')
    + (rate === null ? '' : tile('GANs per second', numberText(rate), `${numberText(summary.gan_epochs / summary.seconds)} epochs/s<br>${numberText(summary.seconds)} s in all`))
    + (summary.backend ? tile('Backend', escaped(summary.backend), escaped(hardware)) : '');
  const early = summary.until_total_variation >= 0
    ? ` ${plural(summary.stopped_early, 'GAN')} stopped early, at ${numberText(summary.until_total_variation)} or less.` : '';
  $('converged-note').textContent = `Converged: at most ${numberText(summary.tolerance)} at the end.${early}`;
  if (summary.gradient_samples)
    $('gradients-note').textContent = `Gradients: of ${plural(summary.gradient_samples, 'single sample')} of each GAN at its end, with respect to its logits; the share of them that is not exactly 0, and their variance, summed over the logits.`;
}

function drawSettings() {
  $('settings').innerHTML = data.settings.map(([name, value]) => `<dt>${escaped(nameText(name))}</dt><dd>${escaped(value)}</dd>`).join('');
  const range = axis => axis.words.length ? axis.from.map((_, bin) => binText(axis, bin)).slice(0, 12).join(', ') + (axis.from.length > 12 ? ', …' : '')
    : `${numberText(axis.from[0], 4)} … ${numberText(axis.to.at(-1), 4)}`;
  const spacing = axis => axis.words.length ? 'words' : axis.logarithmic ? 'logarithmic' : 'linear';
  $('axes').innerHTML = axes.length === 0 ? '<p class="muted">Nothing but the noise.</p>'
    : '<div class="scroll" tabindex="0" role="region" aria-label="Axes"><table><caption>Axes of the sweep</caption><thead><tr><th scope="col">axis</th><th scope="col">values</th><th scope="col" class="word">range</th><th scope="col" class="word">scale</th></tr></thead><tbody>'
    + axes.map(axis => `<tr><th scope="row">${escaped(nameText(axis.name))}</th><td>${countText(axis.distinct)}</td><td class="word">${escaped(range(axis))}</td><td class="word">${spacing(axis)}</td></tr>`).join('')
    + '</tbody></table></div>';
}

const gradientMetrics = ['nonzero_gradients', 'gradient_variance'];
function drawCurve(place, a, metricName) {
  const metric = metrics[metricName], width = Math.max(place.clientWidth, leastWidth), left = gradientMetrics.includes(metricName) ? 56 : 46, box = {left, top: 8, width: width - left - 12, height: 150};
  const {svg, height} = curveSvg(a, metricName, box, false);
  const values = cellsFor(a, null).map(metric.value).filter(value => value !== null);
  const said = values.length ? `from ${metric.text(Math.min(...values))} to ${metric.text(Math.max(...values))}` : 'all GANs diverged';
  place.innerHTML = `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${capital(metric.name)} along ${escaped(axisText(axes[a]))}: ${said}">${svg}</svg>`;
}

function drawCurves() {
  if (axes.length === 0) return;
  const figures = inside => axes.map((axis, a) => `<figure><h3>${escaped(capital(axisText(axis)))}</h3>${inside(a)}</figure>`).join('');
  if (!$('curves').children.length) {
    $('curves').innerHTML = figures(a => `<div id="curve-${a}"></div>`);
    if (!summary.gradient_samples) $('gradients-section').remove();
    else $('gradients').innerHTML = figures(a => gradientMetrics.map(name => `<p>${capital(metrics[name].name)}</p><div id="${name}-${a}"></div>`).join(''));
  }
  axes.forEach((_, a) => {
    drawCurve($(`curve-${a}`), a, 'total_variation');
    if (summary.gradient_samples) for (const name of gradientMetrics) drawCurve($(`${name}-${a}`), a, name);
  });
}

function redraw() {
  if (axes.length) drawPhase();
  drawLearned();
  drawHistory(shown.history);
  drawCurves();
}

// The system's theme, until somebody asks for the other one.
const darkSystem = matchMedia('(prefers-color-scheme: dark)');
let askedTheme = null;
function applyTheme() {
  const theme = askedTheme ?? (darkSystem.matches ? 'dark' : 'light');
  document.documentElement.dataset.theme = theme;
  $('theme').setAttribute('aria-pressed', String(theme === 'dark'));
}

applyTheme();
drawHead();
drawSettings();
showEveryCell();
startPhase();
drawCurves();
startRanking();
$('theme').addEventListener('click', () => {
  askedTheme = document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark';
  applyTheme();
  redraw();
});
darkSystem.addEventListener('change', () => { applyTheme(); redraw(); });
const content = document.querySelector('main');
let drawnWidth = content.clientWidth;
new ResizeObserver(() => requestAnimationFrame(() => {
  if (content.clientWidth !== drawnWidth) {
    drawnWidth = content.clientWidth;
    redraw();
  }
})).observe(content);
