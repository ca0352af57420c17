// SPDX-License-Identifier: Apache-2.0
// Tables of GANs that any column sorts.

const gradientColumns = !summary.gradient_samples ? [] : [
  {name: 'samples with a gradient', text: row => shareText(gans.nonzero_gradients[row]), key: row => gans.nonzero_gradients[row]},
  {name: 'variance of the gradient', text: row => numberText(gans.gradient_variance[row]), key: row => gans.gradient_variance[row]},
];

// Columns: heading, text and key of a row of the list; words are aligned on the left.
function memberColumns() {
  return [
    {name: 'total variation', text: row => diverged(row) ? 'diverged' : numberText(gans.total_variation[row], 4), key: row => gans.total_variation[row]},
    {name: 'outcome', word: true, text: outcomeText, key: outcomeText},
    {name: 'epochs', text: row => countText(gans.epochs[row]), key: row => gans.epochs[row]},
    ...axes.map((axis, a) => ({
      name: nameText(axis.name), word: axis.words.length > 0,
      text: row => valueText(axis, valueOf(row, a)), key: row => axis.words.length ? valueText(axis, valueOf(row, a)) : valueOf(row, a),
    })),
    ...gradientColumns,
  ];
}

// With the losses of a ranking.
function rankedColumns(ranking) {
  const columns = memberColumns(), place = new Map(ranking.row.map((row, i) => [row, i]));
  const losses = ['generator_loss', 'discriminator_loss'].map(name => ({
    name: nameText(name), text: row => numberText(ranking[name][place.get(row)]), key: row => ranking[name][place.get(row)],
  }));
  return [...columns, ...losses];
}

function tableHtml(caption, rows, columns, buttons) {
  const heading = ({name, word}) => `<th scope="col" class="${word ? 'word' : ''}"><button type="button">${escaped(name)}</button></th>`;
  const cell = (column, row) => {
    const text = column.text(row), kind = text === 'diverged' ? 'diverged' : '';
    return `<td class="${column.word ? 'word ' : ''}${kind}">${escaped(text)}</td>`;
  };
  const first = row => buttons ? `<button type="button" class="link" data-row="${row}" aria-pressed="false">${ganNumber(row)}</button>` : ganNumber(row);
  return `<div class="scroll" tabindex="0" role="region" aria-label="${escaped(caption)}"><table><caption>${escaped(caption)}</caption>`
    + `<thead><tr>${heading({name: 'GAN'})}${columns.map(heading).join('')}</tr></thead>`
    + `<tbody>${rows.map(row => `<tr data-gan="${row}"><th scope="row">${first(row)}</th>${columns.map(each => cell(each, row)).join('')}</tr>`).join('')}</tbody></table></div>`;
}

// Rows without a value stay at the end, whichever the direction.
function makeSortable(table, columns) {
  const headings = [...table.querySelectorAll('thead th')], body = table.tBodies[0];
  const keys = [row => gans.number[row], ...columns.map(column => column.key)];
  headings.forEach((heading, i) => heading.querySelector('button').addEventListener('click', () => {
    const up = heading.getAttribute('aria-sort') !== 'ascending', key = keys[i];
    for (const each of headings) each.removeAttribute('aria-sort');
    heading.setAttribute('aria-sort', up ? 'ascending' : 'descending');
    const order = (a, b) => {
      const [one, other] = [key(Number(a.dataset.gan)), key(Number(b.dataset.gan))];
      if (one === null || other === null) return (one === null) - (other === null);
      return (one < other ? -1 : one > other ? 1 : 0) * (up ? 1 : -1);
    };
    body.append(...[...body.rows].sort(order));
  }));
}

function drawRanking() {
  const kind = $('ranked').value, rows = gans[kind].row, columns = rankedColumns(gans[kind]);
  const captions = {best: 'least total variation', worst: 'largest total variation of those that did not diverge', diverged: 'diverged, by number'};
  $('ranking').innerHTML = tableHtml(`${plural(rows.length, 'GAN')}: ${captions[kind]}`, rows, columns, false);
  makeSortable($('ranking').querySelector('table'), columns);
}

function startRanking() {
  const kinds = ['best', 'worst', 'diverged'].filter(kind => gans[kind].row.length > 0);
  $('ranked').innerHTML = kinds.map(kind => `<option value="${kind}">${plural(gans[kind].row.length, 'GAN')}: ${kind}</option>`).join('');
  $('ranked').addEventListener('change', drawRanking);
  drawRanking();
}
