// Shows the event stream to a person: one live block on a terminal, plain lines elsewhere.
import { createLogUpdate } from 'log-update';
import pc from 'picocolors';
import type { Emit, Stage, SwemintEvent } from '../core/events.ts';

export interface ProgressView {
  emit: Emit;
  /** Leaves the last state on the screen and stops drawing. */
  close(): void;
}

interface Bar {
  stage: Stage;
  label: string;
  done: number;
  total: number | undefined;
  kept: number | undefined;
  /** Where the count stood when this process began, so that a resumed run shows its true rate. */
  base: number;
  startedAt: number;
}

const titles: Record<Stage, string> = {
  repository: 'checking out',
  environment: 'installing',
  baseline: 'running the unchanged suite',
  agent: 'agent at work, step',
  replay: 'replaying in fresh builds',
  candidates: 'making candidates',
  recording: 'recording what each test reaches',
  validation: 'validating',
  audit: 'auditing the full way',
  tasks: 'writing tasks',
  image: 'making images',
};

/** Draws on standard error: standard output belongs to results. */
export function openProgress(stream: NodeJS.WriteStream = process.stderr): ProgressView {
  return stream.isTTY ? openLiveView(stream) : openPlainView(stream);
}

function openPlainView(stream: NodeJS.WriteStream): ProgressView {
  let bar: Bar | undefined;
  let lastLine = 0;
  const line = (text: string): void => void stream.write(`${text}\n`);
  return {
    emit(event) {
      bar = follow(bar, event);
      if (event.type === 'stage-progress' && bar) {
        const due = performance.now() - lastLine > 10_000;
        if (!due || event.done === event.total) return;
        lastLine = performance.now();
        line(`  ${describeBar(bar)}`);
      } else if (event.type === 'stage-start') lastLine = performance.now();
      const text = describeEvent(event);
      if (text !== undefined) line(text);
    },
    close() {},
  };
}

function openLiveView(stream: NodeJS.WriteStream): ProgressView {
  const update = createLogUpdate(stream, { showCursor: true });
  let bar: Bar | undefined;
  let drawnAt = 0;
  const draw = (force = false): void => {
    if (!force && performance.now() - drawnAt < 100) return;
    drawnAt = performance.now();
    if (bar) update(drawBar(bar, stream.columns ?? 80));
  };
  const timer = setInterval(() => draw(true), 500);
  timer.unref();
  return {
    emit(event) {
      bar = follow(bar, event);
      const text = describeEvent(event, true);
      if (text !== undefined) {
        update.clear();
        stream.write(`${text}\n`);
      }
      draw(text !== undefined);
    },
    close() {
      clearInterval(timer);
      update.clear();
      update.done();
    },
  };
}

function follow(bar: Bar | undefined, event: SwemintEvent): Bar | undefined {
  if (event.type === 'stage-start') {
    return {
      stage: event.stage,
      label: [event.repository, event.detail].filter(Boolean).join(', '),
      done: 0,
      total: event.total,
      kept: undefined,
      base: -1,
      startedAt: performance.now(),
    };
  }
  if (event.type === 'stage-progress' && bar?.stage === event.stage) {
    return {
      ...bar,
      done: event.done,
      total: event.total ?? bar.total,
      kept: event.kept ?? bar.kept,
      base: bar.base === -1 ? event.done : bar.base,
    };
  }
  if (event.type === 'stage-end') return undefined;
  return bar;
}

function describeEvent(event: SwemintEvent, live = false): string | undefined {
  switch (event.type) {
    case 'stage-start':
      return live ? undefined : `${titles[event.stage]}${suffix(event.repository, event.detail)} …`;
    case 'stage-end':
      return `${pc.green('✓')} ${event.detail}`;
    case 'warning': {
      const hint = event.hint === undefined ? '' : ` ${pc.dim(event.hint)}`;
      return `${pc.yellow('!')} ${event.message}${hint}`;
    }
    case 'stage-progress':
    case 'candidate-judged':
      return undefined;
  }
}

function suffix(...parts: (string | undefined)[]): string {
  const text = parts.filter(Boolean).join(', ');
  return text === '' ? '' : ` ${pc.dim(text)}`;
}

/** `validating 120 / 400, 51 kept, 3.2 per second, 1 min 27 s left` */
function describeBar(bar: Bar): string {
  const parts = [
    bar.total === undefined ? titles[bar.stage] : `${titles[bar.stage]} ${bar.done} / ${bar.total}`,
  ];
  if (bar.kept !== undefined) parts.push(`${bar.kept} kept`);
  const seconds = (performance.now() - bar.startedAt) / 1000;
  const here = bar.done - Math.max(bar.base, 0);
  if (here > 0 && seconds > 1) {
    const rate = here / seconds;
    parts.push(`${rate.toFixed(rate < 10 ? 1 : 0)} per second`);
    if (bar.total !== undefined)
      parts.push(`${formatDuration((bar.total - bar.done) / rate)} left`);
  }
  return parts.join(', ');
}

function drawBar(bar: Bar, columns: number): string {
  const label =
    bar.label === '' ? '' : pc.dim(`  ${bar.label.slice(0, Math.max(0, columns - 4))}\n`);
  if (bar.total === undefined || bar.total === 0)
    return `${label}${pc.cyan('›')} ${titles[bar.stage]} …`;
  const width = Math.max(10, Math.min(30, columns - 60));
  const filled = Math.round((width * Math.min(bar.done, bar.total)) / bar.total);
  const drawn = pc.cyan('━'.repeat(filled)) + pc.dim('━'.repeat(width - filled));
  return `${label}${drawn} ${describeBar(bar)}`;
}

/** `4 s`, `1 min 27 s`, `2 h 05 min`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, '0')} min`;
}
