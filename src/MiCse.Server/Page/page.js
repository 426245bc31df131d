'use strict';

const element = id => document.getElementById(id);
const keyName = 'micse-key';
let models = [];

// Every request of the page goes through here: to this server, with the key if there is one.
async function send(route, body, stop) {
  const headers = { 'Content-Type': 'application/json' };
  const key = element('key').value;
  if (key) headers.Authorization = `Bearer ${key}`;
  const answer = await fetch(route, body === undefined ? { headers, signal: stop } : { method: 'POST', headers, body: JSON.stringify(body), signal: stop });
  if (answer.ok) return answer;
  if (answer.status === 401) {
    element('key-field').hidden = false;
    throw new Error('This server needs a key.');
  }
  const json = await answer.json().catch(() => ({}));
  throw new Error(json.error?.message ?? json.error ?? json.detail ?? `The server answered ${answer.status}.`);
}

const ask = async (route, body, stop) => (await send(route, body, stop)).json();

// An answer that comes line by line.
async function* askLines(route, body, stop) {
  const answer = await send(route, body, stop);
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (let part; !(part = await reader.read()).done;) {
    const lines = (rest + part.value).split('\n');
    rest = lines.pop();
    yield* lines.map(line => JSON.parse(line));
  }
}

function tell(problem) {
  element('problem').textContent = problem ?? '';
  element('problem').hidden = !problem;
}

// Runs after the last change of a field, one at a time; what a newer change makes useless is given up.
function live(fields, run) {
  let timer, stop;
  const start = () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      stop?.abort();
      stop = new AbortController();
      const own = stop;
      try {
        await run(own.signal);
        tell(null);
      } catch (failure) {
        if (failure.name !== 'AbortError') tell(failure.message);
      }
    }, 150);
  };
  fields.forEach(id => element(id).addEventListener('input', start));
  return start;
}

function node(name, text, attributes = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  return made;
}

function floats(base64) {
  const bytes = Uint8Array.from(atob(base64), letter => letter.charCodeAt(0));
  return new Float32Array(bytes.buffer);
}

const cosine = (a, b) => a.reduce((sum, value, index) => sum + value * b[index], 0);
const short = (text, length) => text.length > length ? `${text.slice(0, length - 1)}…` : text;

const compare = live(['texts', 'model'], async stop => {
  const texts = element('texts').value.split('\n').filter(line => line.trim());
  const shown = texts.slice(0, 30);
  const answer = shown.length ? await ask('v1/embeddings', { input: shown, model: element('model').value, encoding_format: 'base64' }, stop) : { data: [] };
  const vectors = answer.data.map(item => floats(item.embedding));
  const head = node('tr', '');
  head.append(node('td', '', { style: '--heat: 0' }), ...shown.map((_, index) => node('th', `${index + 1}`, { scope: 'col' })));
  element('heat').tHead.replaceChildren(head);
  element('heat').tBodies[0].replaceChildren(...shown.map((text, row) => {
    const line = node('tr', '');
    line.append(node('th', `${row + 1} ${short(text, 40)}`, { scope: 'row', title: text }));
    vectors.forEach((_, column) => {
      const value = cosine(vectors[row], vectors[column]);
      line.append(node('td', value.toFixed(2), row === column ? { class: 'same' } : { style: `--heat: ${Math.max(0, value).toFixed(3)}` }));
    });
    return line;
  }));
  let best = null;
  vectors.forEach((first, row) => vectors.forEach((second, column) => {
    if (row < column && (!best || cosine(first, second) > best.value)) best = { row, column, value: cosine(first, second) };
  }));
  showHint();
  const cut = answer.data.filter(item => item.truncated).length;
  element('compare-summary').textContent = [
    best ? `Most similar: ${best.row + 1} and ${best.column + 1}, ${best.value.toFixed(2)}.` : 'Two texts are needed.',
    cut ? `${cut} of the texts were cut to the model's length.` : '',
    texts.length > shown.length ? `The first ${shown.length} of ${texts.length} texts are shown.` : '',
  ].filter(Boolean).join(' ');
});

// On a narrow screen the table is wider than its room, and nothing else says so.
function showHint() {
  const room = element('heat').parentElement;
  element('heat-hint').hidden = room.scrollWidth <= room.clientWidth + 8;
}
window.addEventListener('resize', showHint);

const search = live(['query', 'index'], async stop => {
  const query = element('query').value;
  if (!query.trim()) {
    element('hits').replaceChildren();
    element('search-summary').textContent = '';
    return;
  }
  const answer = await ask('search', { query, index: element('index').value, top: 10 }, stop);
  const { hits, truncated } = answer.results[0];
  element('hits').replaceChildren(...hits.map(hit => {
    const line = node('li', '');
    line.append(
      node('span', hit.score.toFixed(4), { class: 'score', style: `--share: ${Math.max(0, hit.score).toFixed(3)}` }), node('span', hit.text), node('span', hit.id, { class: 'id' }));
    return line;
  }));
  element('search-summary').textContent = `${hits.length} hits.${truncated ? ' The query was cut to the model\'s length.' : ''}`;
});

const tokenize = live(['token-text', 'model'], async stop => {
  const most = models[0]?.max_tokens ?? Infinity;
  const [tokens] = await ask('tokenize', { inputs: [element('token-text').value] }, stop);
  const end = tokens.filter(token => token.special).length;
  const room = most - end;
  let own = 0;
  element('token-list').replaceChildren(...tokens.slice(0, 2000).map(token => {
    own += token.special ? 0 : 1;
    const kind = token.special ? 'special' : own > room ? 'cut' : '';
    return node('li', token.text, { title: `id ${token.id}${token.start === null ? '' : `, characters ${token.start} to ${token.stop}`}`, ...(kind ? { class: kind } : {}) });
  }));
  element('token-summary').textContent = `${tokens.length} tokens of at most ${most}.${tokens.length > most ? ` The last ${tokens.length - most} are cut off.` : ' Nothing is cut off.'}`;
});

const number = new Intl.NumberFormat('en');

async function showStatus() {
  const status = await ask('status');
  models = status.models;
  const fields = [
    ['State', status.stopping ? 'stopping' : status.ready ? 'ready' : 'starting'],
    ['Requests now', number.format(status.requests - 1)],
    ['Texts waiting', number.format(models.reduce((sum, model) => sum + model.waiting_texts, 0))],
    ['Tokens a second, lately', models[0].tokens_per_second ? number.format(Math.round(models[0].tokens_per_second)) : '–'],
    ['Memory', `${number.format(Math.round(status.resident_bytes / 2 ** 20))} MiB`],
    ['Up', `${number.format(Math.round(status.uptime_seconds))} s`],
    ['Models loaded', `${models.filter(model => model.loaded).length} of ${models.length}`],
    ['Dimensions', `${models[0].dimensions ?? '–'}`],
  ];
  element('status').replaceChildren(...fields.map(([name, value]) => {
    const box = node('div', '');
    box.append(node('dt', name), node('dd', value));
    return box;
  }));
  return status;
}

function choose(select, names) {
  if (select.options.length !== names.length) select.replaceChildren(...names.map(name => node('option', name)));
}

async function begin() {
  try {
    const status = await showStatus();
    choose(element('model'), status.models.map(model => model.name));
    choose(element('index'), status.indexes);
    element('search').hidden = element('search-link').hidden = status.indexes.length === 0;
    tell(null);
    [compare, search, tokenize, explain].forEach(start => start());
  } catch (failure) {
    tell(failure.message);
  }
}

element('key').value = sessionStorage.getItem(keyName) ?? '';
element('key').addEventListener('change', () => {
  sessionStorage.setItem(keyName, element('key').value);
  begin();
});
window.addEventListener('DOMContentLoaded', begin);
setInterval(() => {
  if (!document.hidden && element('problem').hidden) showStatus().catch(failure => tell(failure.message));
}, 2000);
