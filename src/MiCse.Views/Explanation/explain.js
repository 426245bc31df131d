'use strict';
// Draws an explanation: the words of both texts, the similarity of their tokens, and the attention heads of each layer.
function show(data) {
  document.documentElement.classList.toggle('embedded', window.parent !== window);
  const MostCellsWithNumbers = 16;
  const tip = document.getElementById('tip');
  const sides = [['A', data.first], ['B', data.second]];

  const signed = value => (value < 0 ? '−' : '+') + Math.abs(value).toFixed(4);
  const plain = (value, digits) => (value < 0 ? '−' : '') + Math.abs(value).toFixed(digits);

  function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name === 'tip') element.dataset.tip = value;
      else if (name === 'style') Object.entries(value).forEach(([property, text]) => element.style.setProperty(property, text));
      else if (value !== null) element.setAttribute(name, value);
    }
    element.append(...children);
    return element;
  }

  // The farther from 0, the stronger; square roots would show more of the small ones, but a colour twice as strong would not be twice as much.
  function shade(value, largest) {
    const share = largest > 0 ? Math.min(1, Math.abs(value) / largest) : 0;
    return { class: `shade ${value < 0 ? 'below' : 'above'}${share > 0.55 ? ' deep' : ''}`, style: { '--share': share.toFixed(3) } };
  }

  // ---- head ----

  document.getElementById('about').textContent = `${data.model} · pooling ${data.pooling}`;
  document.querySelector('#score b').textContent = plain(data.score, 4);

  // ---- words ----

  const importances = sides.flatMap(([, side]) => side.words.map(word => word.importance));
  const most = Math.max(0, ...importances), least = Math.min(0, ...importances);
  const strongest = Math.max(most, -least), span = most - least || 1;
  const about = word => `${word.word}: ${signed(word.importance)}, the similarity without it is ${plain(word.scoreWithout, 4)}`;

  for (const [name, side] of sides) {
    const text = make('p', { class: 'text' }, make('i', {}, name));
    const bars = make('dl', { class: 'bars', style: { '--zero': `${-100 * least / span}%` } });
    let end = 0;
    for (const word of side.words) {
      const { class: shading, style } = shade(word.importance, strongest);
      text.append(side.text.slice(end, word.start), make('span', { class: shading, style: { ...style, '--under': 'transparent' }, tip: about(word) }, word.word));
      end = word.start + word.word.length;
      const from = Math.min(word.importance, 0) - least;
      bars.append(
        make('dt', { tip: about(word) }, word.word),
        make('dd', { class: 'bar', tip: about(word) }, make('b', {
          class: word.importance < 0 ? 'below' : 'above',
          style: { '--from': `${100 * from / span}%`, '--length': `${100 * Math.abs(word.importance) / span}%` },
        })),
        make('dd', { class: 'number' }, signed(word.importance)));
    }
    text.append(side.text.slice(end));
    if (side.text.trim() === '') text.append(make('span', { class: 'empty' }, 'an empty text'));
    const column = make('div', {}, text, bars);
    if (side.truncated) column.append(make('p', { class: 'empty' }, 'The text is longer than the model reads; words after its end have no part in anything.'));
    document.querySelector('#words .pair').append(column);
  }

  // Names of both texts have the room of the longest, so that bars of one length mean the same.
  function alignBars() {
    const pair = document.querySelector('#words .pair');
    pair.style.setProperty('--names', 'max-content');
    const longest = Math.max(0, ...[...pair.querySelectorAll('dt')].map(name => name.getBoundingClientRect().width));
    pair.style.setProperty('--names', `${Math.ceil(Math.min(longest, pair.firstChild.clientWidth / 3))}px`);
  }
  alignBars();
  window.addEventListener('resize', alignBars);

  // ---- heat maps ----

  function heatMap({ caption, detail, rows, columns, values, digits, upright, ring, describe, largest }) {
    const dense = columns.length > MostCellsWithNumbers;
    const hasNegative = values.some(row => row.some(value => value < 0));
    const heads = columns.map(name => make('th', { scope: 'col' }, upright ? make('div', { class: 'upright' }, name) : name));
    const table = make('table', { class: dense ? 'dense' : null }, make('thead', {}, make('tr', {}, make('th'), ...heads)));
    const body = make('tbody');
    rows.forEach((name, row) => {
      const nearest = ring ? Math.max(...values[row]) : NaN;
      const head = make('th', { scope: 'row' }, name);
      const line = make('tr', {}, head);
      values[row].forEach((value, column) => {
        const { class: shading, style } = shade(value, largest);
        const cell = make('td', { class: value === nearest ? `${shading} nearest` : shading, style, tip: describe(row, column) }, plain(value, digits));
        cell.addEventListener('pointerenter', () => [head, heads[column]].forEach(title => title.classList.add('on')));
        cell.addEventListener('pointerleave', () => [head, heads[column]].forEach(title => title.classList.remove('on')));
        line.append(cell);
      });
      body.append(line);
    });
    table.append(body);
    const scale = make('div', { class: hasNegative ? 'scale' : 'scale above' },
      hasNegative ? plain(-largest, digits) : '0', make('b'), plain(largest, digits));
    const title = caption ? [make('figcaption', {}, caption, make('span', {}, detail))] : [];
    return make('figure', {}, ...title, make('div', { class: 'scroll' }, table), scale);
  }

  const largestIn = values => Math.max(0, ...values.flat().map(Math.abs));

  const similarities = data.tokens.map(token => token.similarities);
  if (data.first.tokens.length && data.second.tokens.length) {
    document.querySelector('#tokens .maps').append(heatMap({
      rows: data.first.tokens,
      columns: data.second.tokens,
      values: similarities,
      digits: 2,
      upright: data.second.tokens.length > MostCellsWithNumbers || data.second.tokens.some(token => token.length > 12),
      ring: true,
      largest: largestIn(similarities),
      describe: (row, column) => `${data.first.tokens[row]} and ${data.second.tokens[column]}: ${plain(similarities[row][column], 4)}`,
    }));
  } else {
    document.querySelector('#tokens .maps').append(make('p', { class: 'empty' }, 'An empty text has no tokens.'));
  }

  // ---- attention ----

  const kinds = [['first', 'Dropout views of A'], ['second', 'Dropout views of B'], ['between', 'Between A and B']]
    .filter(([kind]) => data.attention?.[kind]);
  const layers = [...new Set(data.heads.map(head => head.layer))], heads = [...new Set(data.heads.map(head => head.head))];
  const grids = Object.fromEntries(kinds.map(([kind]) => [kind, layers.map(layer => data.heads.filter(head => head.layer === layer).map(head => head[kind]))]));
  const ofViews = largestIn(kinds.filter(([kind]) => kind !== 'between').map(([kind]) => grids[kind].flat()));
  for (const [kind, caption] of kinds) {
    const { mutualInformation, layers: range, pairs } = data.attention[kind];
    const trained = mutualInformation === null ? '' : `AMI of layers ${range}, as training computes it: ${plain(mutualInformation, 4)}`;
    const mean = pairs > 1 ? `mean of ${pairs} pairs of views` : 'without dropout, position by position';
    document.querySelector('#heads .maps').append(heatMap({
      caption,
      detail: trained ? `${mean} · ${trained}` : mean,
      rows: layers,
      columns: heads,
      values: grids[kind],
      digits: 2,
      largest: kind === 'between' ? largestIn(grids[kind]) : ofViews,
      describe: (row, column) => `layer ${layers[row]}, head ${heads[column]}: ${plain(grids[kind][row][column], 4)} nats`,
    }));
  }
  document.getElementById('notes').append(...data.notes.map(note => make('li', {}, note)));

  // ---- light, dark, tips ----

  const prefersDark = matchMedia('(prefers-color-scheme: dark)');
  const setTheme = dark => document.documentElement.dataset.theme = dark ? 'dark' : 'light';
  setTheme(prefersDark.matches);
  prefersDark.addEventListener('change', () => setTheme(prefersDark.matches));
  document.getElementById('theme').addEventListener('click', () => setTheme(document.documentElement.dataset.theme !== 'dark'));

  document.addEventListener('pointermove', event => {
    const text = event.target.closest?.('[data-tip]')?.dataset.tip;
    tip.hidden = !text;
    if (!text) return;
    tip.textContent = text;
    const { width, height } = tip.getBoundingClientRect();
    tip.style.left = `${Math.max(8, Math.min(event.clientX + 14, innerWidth - width - 8))}px`;
    tip.style.top = `${event.clientY + 16 + height > innerHeight ? event.clientY - height - 10 : event.clientY + 16}px`;
  });
}

if (document.getElementById('data')) show(JSON.parse(document.getElementById('data').textContent));
