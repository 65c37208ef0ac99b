// Five-field cron expressions, in UTC: minute, hour, day of the month, month, day of the week.

interface Field {
  name: string;
  low: number;
  high: number;
  words?: readonly string[];
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const FIELDS: readonly Field[] = [
  { name: 'minute', low: 0, high: 59 },
  { name: 'hour', low: 0, high: 23 },
  { name: 'day', low: 1, high: 31 },
  { name: 'month', low: 1, high: 12, words: MONTHS },
  { name: 'weekday', low: 0, high: 7, words: DAYS },
];

const SHORTHANDS: Readonly<Record<string, string>> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
};

function parseValue(text: string, field: Field): number {
  const word = field.words?.indexOf(text.toLowerCase()) ?? -1;
  if (word !== -1) return word + (field.low === 1 ? 1 : 0);
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < field.low || value > field.high) {
    throw new RangeError(`${field.name} must be ${field.low} to ${field.high}: "${text}"`);
  }
  return value;
}

function parseField(text: string, field: Field): Set<number> {
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const [range = '', stepText, ...more] = part.split('/');
    const step = stepText === undefined ? 1 : Number(stepText);
    if (more.length > 0 || !Number.isInteger(step) || step < 1) {
      throw new RangeError(`bad step in ${field.name}: "${part}"`);
    }
    let first = field.low;
    let last = field.high;
    if (range !== '*') {
      const [from = '', to] = range.split('-');
      first = parseValue(from, field);
      if (to !== undefined) last = parseValue(to, field);
      else if (stepText === undefined) last = first;
      if (first > last) throw new RangeError(`${field.name} range runs backwards: "${range}"`);
    }
    for (let value = first; value <= last; value += step) values.add(value);
  }
  return values;
}

/** When a task is due. */
export class Schedule {
  readonly #minutes: Set<number>;
  readonly #hours: Set<number>;
  readonly #days: Set<number>;
  readonly #months: Set<number>;
  readonly #weekdays: Set<number>;
  readonly #anyDay: boolean;
  readonly #anyWeekday: boolean;

  constructor(expression: string) {
    const source = SHORTHANDS[expression.trim()] ?? expression;
    const parts = source.trim().split(/\s+/);
    if (parts.length !== 5) throw new RangeError(`expected five fields: "${expression}"`);
    const [minutes, hours, days, months, weekdays] = parts.map((part, index) =>
      parseField(part, FIELDS[index]!),
    ) as [Set<number>, Set<number>, Set<number>, Set<number>, Set<number>];
    if (weekdays.delete(7)) weekdays.add(0);
    this.#minutes = minutes;
    this.#hours = hours;
    this.#days = days;
    this.#months = months;
    this.#weekdays = weekdays;
    this.#anyDay = parts[2]!.startsWith('*');
    this.#anyWeekday = parts[4]!.startsWith('*');
  }

  #onDay(moment: Date): boolean {
    if (!this.#months.has(moment.getUTCMonth() + 1)) return false;
    const day = this.#days.has(moment.getUTCDate());
    const weekday = this.#weekdays.has(moment.getUTCDay());
    // As cron has always done it: when both are restricted, either will do.
    if (!this.#anyDay && !this.#anyWeekday) return day || weekday;
    return day && weekday;
  }

  matches(moment: Date): boolean {
    return (
      this.#minutes.has(moment.getUTCMinutes()) &&
      this.#hours.has(moment.getUTCHours()) &&
      this.#onDay(moment)
    );
  }

  /** The first due minute after a moment, or undefined when there is none within eight years. */
  next(after: Date): Date | undefined {
    const moment = new Date(after.getTime());
    moment.setUTCSeconds(0, 0);
    moment.setUTCMinutes(moment.getUTCMinutes() + 1);
    const limit = after.getTime() + 8 * 366 * 86_400_000;
    while (moment.getTime() <= limit) {
      if (!this.#onDay(moment)) {
        moment.setUTCDate(moment.getUTCDate() + 1);
        moment.setUTCHours(0, 0);
      } else if (!this.#hours.has(moment.getUTCHours())) {
        moment.setUTCHours(moment.getUTCHours() + 1, 0);
      } else if (!this.#minutes.has(moment.getUTCMinutes())) {
        moment.setUTCMinutes(moment.getUTCMinutes() + 1);
      } else {
        return moment;
      }
    }
    return undefined;
  }

  /** Due minutes one after another, without end as long as there are any. */
  *from(start: Date): Generator<Date> {
    let moment = this.next(start);
    while (moment !== undefined) {
      yield moment;
      moment = this.next(moment);
    }
  }
}
