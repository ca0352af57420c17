// SPDX-License-Identifier: Apache-2.0
// Tables of GANs that any column sorts.

// Columns: heading, text and key of a row of the list; words are aligned on the left.
function columnsOf() {
  return [
    ...axes.map((axis, a) => ({
      name: nameText(axis.name), word: axis.words.length > 0,
      text: row => valueText(axis, valueOf(row, a)), key: row => axis.words.length ? valueText(axis, valueOf(row, a)) : valueOf(row, a),
    })),
    {name: 'total variation', text: row => gans.diverged[row] ? 'diverged' : numberText(gans.total_variation[row], 4), key: row => gans.total_variation[row]},
    {name: 'epochs', text: row => countText(gans.epochs[row]), key: row => gans.epochs[row]},
    {name: 'generator loss', text: row => numberText(gans.generator_loss[row]), key: row => gans.generator_loss[row]},
    {name: 'discriminator loss', text: row => numberText(gans.discriminator_loss[row]), key: row => gans.discriminator_loss[row]},
    {name: 'outcome', word: true, text: outcomeText, key: outcomeText},
  ];
}

function tableHtml(caption, rows, buttons) {
  const columns = columnsOf();
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
function makeSortable(table) {
  const headings = [...table.querySelectorAll('thead th')], body = table.tBodies[0];
  const keys = [row => gans.number[row], ...columnsOf().map(column => column.key)];
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
  const kind = $('ranked').value, rows = gans[kind];
  const captions = {best: 'least total variation', worst: 'largest total variation of those that did not diverge', worst_diverged: 'diverged, by number'};
  $('ranking').innerHTML = tableHtml(`${plural(rows.length, 'GAN')}: ${captions[kind]}`, rows, false);
  makeSortable($('ranking').querySelector('table'));
}

function startRanking() {
  const kinds = [['best', 'best'], ['worst', 'worst'], ['worst_diverged', 'diverged']].filter(([kind]) => gans[kind].length > 0);
  $('ranked').innerHTML = kinds.map(([kind, text]) => `<option value="${kind}">${plural(gans[kind].length, 'GAN')}: ${text}</option>`).join('');
  $('ranked').addEventListener('change', drawRanking);
  drawRanking();
}
