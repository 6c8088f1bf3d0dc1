import type { IncomingHttpHeaders } from 'node:http';
import { balances } from '../objects/balance.ts';
import type { Form } from '../protocol/form.ts';
import { parseForm } from '../protocol/form.ts';
import type { Answer } from '../protocol/http.ts';
import type { ControlRequest, Simulation } from './controls.ts';
import { control } from './controls.ts';
import { DELIVERY_FAULTS, REQUEST_FAULTS } from './faults.ts';
import type { FaultRule } from './faults.ts';
import type { Markup } from './markup.ts';
import { html, NOTHING } from './markup.ts';
import { buttons, money, page, section, table, time } from './state-sheet.ts';
import { tables } from './state-tables.ts';

const HOUR_SECONDS = 3600;
const DAY_SECONDS = 24 * HOUR_SECONDS;
/** Fields of forms that a control wants as numbers. */
const NUMBERS = ['advanceSeconds'];

/** `/_sim` for people: a page in a browser, whose buttons are the controls; for programs the controls themselves. */
export function desk(simulation: Simulation, request: ControlRequest, headers: IncomingHttpHeaders): Answer {
  const isOfForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
  // `curl -d` calls its JSON a form, too.
  if (request.method === 'POST' && isOfForm && !request.body.startsWith('{'))
    return press(simulation, request);
  const isForPeople = request.path === '/_sim' && headers.accept?.includes('text/html') === true;
  return isForPeople && request.method === 'GET' ? statePage(simulation) : control(simulation, request);
}

/** Does what the control does, and leads back to the page, to the object that was touched. */
function press(simulation: Simulation, request: ControlRequest): Answer {
  const body = JSON.stringify(inputOf(parseForm(request.body)));
  const answer = control(simulation, { ...request, body });
  if (answer.status === 200)
    return { status: 303, body: '', headers: { location: `/_sim#${request.path.split('/')[3] ?? ''}` } };
  const { error } = JSON.parse(answer.body) as { error: string };
  return page(answer.status, {
    title: 'That can not be done',
    body: html`<main>
      <section>
        <h1>That can not be done</h1>
        <p role="alert">${error}</p>
        <p><a href="/_sim">Back to the bank</a></p>
      </section>
    </main>`,
  });
}

/** The input that a form stands for: lists by their numbers, empty fields left out. */
function inputOf(form: Form): object {
  const entries = Object.entries(form).flatMap(([name, value]): [string, unknown][] => {
    if (typeof value === 'object') return isEmpty(value) ? [] : [[name, inputOf(value)]];
    if (value === '') return [];
    return [[name, NUMBERS.includes(name) ? Number(value) : value === 'true' ? true : value]];
  });
  const isList = entries.length > 0 && entries.every(([name]) => /^\d+$/.test(name));
  return isList ? entries.map(([, value]) => value) : Object.fromEntries(entries);
}

function isEmpty(form: Form): boolean {
  return Object.values(form).every((value) => (typeof value === 'object' ? isEmpty(value) : value === ''));
}

function statePage(simulation: Simulation): Answer {
  const { bank } = simulation;
  const shown = tables(simulation);
  const links = shown.map(({ id, title }) => html`<a href="#${id}">${title}</a>`);
  return page(200, {
    title: 'State',
    body: html`<header>
        <h1>Simulated bank</h1>
        <p>${time(bank.now())} UTC${ahead(bank.clockOffset(undefined))}</p>
        <p>No card is real here, and no money moves.</p>
        <a href="/_sim">Reload</a>
      </header>
      <nav aria-label="What is on this page">${links}</nav>
      <main>
        ${clocks(simulation)}${balance(simulation)}${webhooks(simulation)}${faults(simulation)}${shown.map(
          ({ markup }) => markup,
        )}
      </main>`,
  });
}

function ahead(offsetSeconds: number): string {
  if (offsetSeconds === 0) return '';
  const isShort = offsetSeconds < 2 * DAY_SECONDS;
  const length = Number((offsetSeconds / (isShort ? HOUR_SECONDS : DAY_SECONDS)).toFixed(1));
  return `, ${length} ${isShort ? 'hour' : 'day'}${length === 1 ? '' : 's'} ahead`;
}

function clocks({ bank }: Simulation): Markup {
  const moved = [...bank.store.clocks.values()].filter(({ offsetSeconds }) => offsetSeconds > 0);
  const rows = moved.map(({ id, offsetSeconds }) => ({
    id,
    cells: [ahead(offsetSeconds).slice(', '.length)],
  }));
  const steps = { '1 hour': HOUR_SECONDS, '1 day': DAY_SECONDS, '1 week': 7 * DAY_SECONDS };
  const offered = Object.entries(steps).map(([label, seconds]) => ({
    label,
    name: 'advanceSeconds',
    value: String(seconds),
  }));
  const whose = html`<label
    >Advance <input name="metadata[bookingId]" placeholder="all of the bank" aria-label="Booking" /> by</label
  >`;
  return section('clock', {
    title: 'Clock',
    body: html`${moved.length === 0 ? NOTHING : table(['Whose', 'Runs'], rows)}${buttons('/clock', offered, whose)}`,
  });
}

function balance({ bank }: Simulation): Markup {
  const rows = balances(bank).map(({ currency, available, pending }) => ({
    id: currency.toUpperCase(),
    cells: [money(available, currency), money(pending, currency)],
  }));
  if (rows.length === 0) return NOTHING;
  return section('balance', { title: 'Balance', body: table(['', 'Available', 'On its way'], rows) });
}

function webhooks({ bank, webhooks: { paused } }: Simulation): Markup {
  const waiting = bank.store.deliveries.size;
  const what = waiting === 0 ? 'Nothing waits to be delivered' : `Waiting to be delivered: ${waiting}`;
  return section('webhooks', {
    title: 'Webhooks',
    body: html`<p>${what}${paused ? ', while they are paused' : ''}.</p>
      ${buttons(paused ? '/webhooks/resume' : '/webhooks/pause', [{ label: paused ? 'Resume' : 'Pause' }])}`,
  });
}

function faults({ faults: weather }: Simulation): Markup {
  const { on, rules, seed, struck } = weather.forecast();
  const counts = Object.entries(struck).map(([kind, times]) => `${kind} ${times}`);
  const rows = rules.map((rule, index) => ({ id: `rule-${index + 1}`, cells: cellsOf(rule) }));
  const kinds = [...REQUEST_FAULTS, ...DELIVERY_FAULTS].map((kind) => html`<option>${kind}</option>`);
  const choice = html`<label
    >Let the next one meet
    <select name="rules[0][kind]" aria-label="Kind of fault">
      ${kinds}
    </select></label
  >`;
  return section('faults', {
    title: 'Faults',
    body: html`<p>
        ${on ? 'On' : 'Off'}, seed ${seed}. Struck so far:
        ${counts.length === 0 ? 'none' : counts.join(', ')}.
      </p>
      ${rows.length === 0 ? NOTHING : table(['Rule', 'Kind', 'Of', 'Times', 'Chance'], rows)}
      ${buttons('/faults', [{ label: 'Add' }], choice)}${buttons(on ? '/faults/off' : '/faults/on', [{ label: on ? 'Turn off' : 'Turn on' }])}`,
  });
}

function cellsOf(rule: FaultRule): string[] {
  const of = Object.values(rule.match).join(' ');
  return [
    rule.kind,
    of === '' ? 'anything' : of,
    String(rule.times),
    `${Math.round(rule.probability * 100)} %`,
  ];
}
