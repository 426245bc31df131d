'use strict';
// The parts of the page that show what the command line's pages show: the map of a column of texts, and the explanation of two.

// A frame with one of the views, which is shown when it has its data and takes the place of the one before.
async function openView(place, route, title) {
  const frame = node('iframe', '', { title });
  frame.hidden = true;
  const loaded = new Promise(resolve => frame.addEventListener('load', resolve, { once: true }));
  frame.src = route;
  element(place).append(frame);
  await loaded;
  return {
    frame,
    window: frame.contentWindow,
    reveal() {
      frame.hidden = false;
      element(place).hidden = false;
      [...element(place).children].forEach(other => other !== frame && other.remove());
    },
  };
}

// ---- explain ----

let explained = null;
const explain = live(['first', 'second', 'model'], async stop => {
  const [first, second] = [element('first').value, element('second').value];
  const answer = await ask('explain', { first, second, model: element('model').value || undefined }, stop);
  const view = await openView('explain-view', 'view/explain', `Why “${short(first, 60)}” and “${short(second, 60)}” are similar`);
  if (stop.aborted) {
    view.frame.remove();
    return;
  }
  view.reveal();
  view.window.show(answer);
  explained = view;
  fitExplanation();
  element('explain-summary').textContent = `Cosine ${answer.score.toFixed(4)}.`;
});

// The frame is as high as what it shows.
function fitExplanation() {
  if (!explained) return;
  explained.frame.style.height = '10rem';
  explained.frame.style.height = `${explained.window.document.documentElement.scrollHeight + 2}px`;
}
window.addEventListener('resize', fitExplanation);

// ---- map ----

let table = null; // rows of a file, of which a column is shown
let drawing = null;

const columnTexts = () => element('column').value.split('\n').map(line => line.trim()).filter(line => line);

// Fields as RFC 4180 has them, or with tabs between.
function parseTable(text, separator) {
  const rows = [];
  let row = [], field = '', quoted = false;
  for (let i = 0; i < text.length; i++) {
    const letter = text[i];
    if (quoted) {
      if (letter !== '"') field += letter;
      else if (text[i + 1] === '"') field += text[++i];
      else quoted = false;
    } else if (letter === '"' && field === '') quoted = true;
    else if (letter === separator || letter === '\n') {
      row.push(field);
      field = '';
      if (letter === '\n') {
        rows.push(row);
        row = [];
      }
    } else if (letter !== '\r') field += letter;
  }
  if (field || row.length) rows.push([...row, field]);
  return rows.filter(fields => fields.some(value => value.trim()));
}

async function takeFile(file) {
  const text = await file.text();
  const separator = /\.tsv$/i.test(file.name) ? '\t' : /\.csv$/i.test(file.name) ? ',' : null;
  table = separator ? parseTable(text, separator) : null;
  const hasColumns = table !== null && table.length > 1 && table[0].length > 1;
  element('column-field').hidden = !hasColumns;
  if (!hasColumns) {
    element('column').value = table ? table.map(fields => fields[0].replaceAll('\n', ' ')).join('\n') : text;
  } else {
    // The first row names the columns; the one with the longest texts is what people mean.
    const [names, ...rows] = table;
    element('column-choice').replaceChildren(...names.map((name, index) => node('option', name || `column ${index + 1}`, { value: index })));
    const lengths = names.map((_, index) => rows.reduce((sum, fields) => sum + (fields[index] ?? '').length, 0));
    element('column-choice').value = lengths.indexOf(Math.max(...lengths));
    takeColumn();
  }
  drawMap();
}

function takeColumn() {
  const index = Number(element('column-choice').value);
  element('column').value = table.slice(1).map(fields => (fields[index] ?? '').replaceAll('\n', ' ')).join('\n');
}

function tellMap(text, share) {
  element('map-summary').textContent = text;
  element('map-progress').hidden = share === undefined;
  if (share !== undefined) element('map-progress').value = share;
}

async function drawMap() {
  drawing?.abort();
  const own = drawing = new AbortController();
  const texts = columnTexts();
  if (texts.length < 2) {
    tellMap('A map needs at least two texts.');
    return;
  }
  tellMap(`Encoding ${number.format(texts.length)} texts …`, 0);
  try {
    const opening = openView('map-view', 'view/map', 'Map of the texts');
    let clusters = null, shown = null;
    for await (const event of askLines('map', { texts, model: element('model').value || undefined }, own.signal)) {
      if (event.stage === 'encoding') {
        tellMap(`Encoding: ${number.format(event.done)} of ${number.format(event.total)} texts …`, event.done / event.total);
      } else if (event.stage === 'clusters') {
        clusters = event;
        tellMap(`${number.format(clusters.labels.length)} clusters found. The map is settling …`, 1);
      } else {
        const places = event.about ? event : { ...event, about: clusters.about };
        if (shown) {
          shown.window.move(places);
        } else {
          shown = await opening;
          shown.reveal();
          shown.window.show({ ...clusters, ...places, texts });
        }
      }
    }
    const cut = clusters.truncated ? ` ${number.format(clusters.truncated)} of the texts were cut to the model's length.` : '';
    tellMap(`${number.format(texts.length)} texts in ${number.format(clusters.labels.length)} clusters.${cut} Point at a dot to read its text; search and labels are in the map.`);
    tell(null);
  } catch (failure) {
    if (failure.name === 'AbortError') return;
    tellMap('');
    tell(failure.message);
  }
}

element('draw').addEventListener('click', drawMap);
element('column-choice').addEventListener('change', () => {
  takeColumn();
  drawMap();
});
element('file').addEventListener('change', () => element('file').files[0] && takeFile(element('file').files[0]));
element('column').addEventListener('paste', event => {
  // A column that is pasted into the empty field is drawn at once.
  if (!element('column').value) setTimeout(() => columnTexts().length > 2 && drawMap());
});
element('column').addEventListener('dragover', event => {
  event.preventDefault();
  element('column').classList.add('over');
});
element('column').addEventListener('dragleave', () => element('column').classList.remove('over'));
element('column').addEventListener('drop', event => {
  element('column').classList.remove('over');
  if (!event.dataTransfer.files.length) return;
  event.preventDefault();
  takeFile(event.dataTransfer.files[0]);
});

const Example = `How do I reset my password?
I forgot my login and cannot get in.
My account is locked after too many attempts.
Can I change the email address of my account?
The confirmation mail never arrived.
Please delete my account and my data.
Two-factor codes are not accepted.
When will my parcel arrive?
The package was left in front of the wrong door.
My order has not been shipped for a week.
Can I follow the delivery on a map?
The courier did not ring the bell.
I need the parcel before Friday.
The box was damaged when it came.
I would like my money back.
How do I return a pair of shoes?
The refund has not reached my bank.
Do I have to pay for sending it back?
The jacket is too small; can I swap it?
I was charged twice for one order.
My credit card was declined.
Do you take payment by invoice?
The discount code does not work.
Why is there a fee on my bill?
Can I pay in three parts?
The app crashes when I open the camera.
The page stays white on my phone.
Search does not find anything since the update.
Videos stutter and the sound is late.
The battery drains quickly with your app.
Notifications come hours too late.
It is raining cats and dogs today.
The storm took down several trees.
Snow will fall above six hundred metres.
Tomorrow will be sunny and warm.
Fog kept the planes on the ground.
The heat wave goes on until Sunday.
The band played until midnight.
She sings in a choir every Tuesday.
He practises the violin before breakfast.
The concert was sold out within minutes.
A street musician plays the accordion.
The orchestra tuned its instruments.
The home team won in the last minute.
He scored twice in the second half.
The goalkeeper saved a penalty.
She ran the marathon in under three hours.
The match was cancelled because of the rain.
The coach resigned after the defeat.
Simmer the sauce for twenty minutes.
Fold the egg whites into the dough.
The soup needs a pinch of salt.
Roast the vegetables until they are brown.
Bread should cool before it is cut.
Add garlic and olive oil to the pan.`;

element('example').addEventListener('click', () => {
  element('column').value = Example;
  element('column-field').hidden = true;
  drawMap();
});
