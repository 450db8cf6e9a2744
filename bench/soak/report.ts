import { cpus } from 'node:os';
import { type Sample, type Trend, afterWarmUp, costTrend, floorTrend, trend } from './samples';
import type { Tally } from './tally';

/** How much more memory may be in use at the end than at the beginning. */
const MOST_GROWTH = 1.2;
/** How many more descriptors may be open: connections come and go. */
const MOST_DESCRIPTORS = 8;
/** Which part of the answers may say that there was too little time: then the machine was too busy for a verdict. */
const MOST_BUSY = 0.02;
/** A shorter run says nothing of the event loop: what else runs on the machine counts for more. */
const LONG_MINUTES = 30;

/** One line of the table. */
interface Finding {
  readonly what: string;
  readonly found: string;
  readonly wanted: string;
  readonly good: boolean;
}

/** What a run is judged by. */
export interface Run {
  readonly minutes: number;
  /** What it ran on, e.g. `embedded database, alarms by webhook`. */
  readonly setting: string;
  readonly samples: readonly Sample[];
  readonly tally: Tally;
  /** Alarms still open at the end, and whether the process ended as it should. */
  readonly open: number;
  readonly ended: boolean;
}

/** The outcome of a run: a page of Markdown, and whether all is as it should be. */
export interface Verdict {
  readonly page: string;
  readonly good: boolean;
}

/** @returns the table of a run, with its date, and what went wrong */
export function verdictOf(run: Run): Verdict {
  const findings = [...alarmFindings(run), ...answerFindings(run), ...processFindings(run)];
  const good = findings.every((finding) => finding.good);
  const rows = findings.map(
    (finding) =>
      `| ${finding.what} | ${finding.found} | ${finding.wanted} | ${finding.good ? 'yes' : '**no**'} |`,
  );
  const failures = run.tally.failures.map((failure) => `- ${failure}`);
  const page = [
    '# Soak',
    '',
    `${new Date().toISOString().slice(0, 10)}, ${run.minutes} minutes, ${run.setting}; Node ${process.versions.node}, ${cpus().length} cores. Made by \`npm run soak\`.`,
    '',
    '| what | found | wanted | good |',
    '| ---- | ----- | ------ | ---- |',
    ...rows,
    ...(failures.length === 0 ? [] : ['', 'What went wrong, the first of it:', '', ...failures]),
    '',
  ].join('\n');
  return { page, good };
}

function alarmFindings({ tally, open }: Run): Finding[] {
  const [silences, raised, resolved] = ['silences', 'raised', 'resolved'].map((name) => tally.of(name));
  const none = (what: string, count: number): Finding => ({
    what,
    found: String(count),
    wanted: '0',
    good: count === 0,
  });
  return [
    {
      what: 'silences planned, alarms raised, alarms resolved',
      found: `${silences}, ${raised}, ${resolved}`,
      wanted: 'each raised and resolved once',
      good: Number(silences) > 0 && Number(raised) >= Number(silences) && raised === resolved,
    },
    none('alarms lost', tally.of('lost')),
    none('alarms doubled', tally.of('doubled')),
    none('alarms without silence', tally.of('wrong')),
    none('alarms open at the end', open),
  ];
}

function answerFindings({ tally, minutes, samples }: Run): Finding[] {
  const last = samples.at(-1);
  const rate = last ? Math.round(last.requests / last.at) : 0;
  return [
    {
      what: 'requests answered',
      found: `${tally.of('requests')}, ${rate} a second`,
      wanted: 'the more the better',
      good: tally.of('requests') > minutes,
    },
    {
      what: 'answers of an application that had too little time',
      found: String(tally.of('busy')),
      wanted: `at most ${MOST_BUSY * 100} %`,
      good: tally.of('busy') <= MOST_BUSY * tally.of('requests'),
    },
    { what: 'answers 5xx', found: String(tally.of('5xx')), wanted: '0', good: tally.of('5xx') === 0 },
    {
      what: 'all that went wrong',
      found: String(tally.failureCount),
      wanted: '0',
      good: tally.failureCount === 0,
    },
  ];
}

function processFindings({ samples, minutes, ended }: Run): Finding[] {
  const settled = afterWarmUp(samples);
  const of = (figure: (sample: Sample) => number): Trend => trend(settled, figure);
  const descriptors = of((sample) => sample.descriptors);
  const delay = of((sample) => sample.delay);
  const cost = costTrend(settled);
  const judged = minutes >= LONG_MINUTES;
  return [
    memory('resident memory, at least', settled, (sample) => sample.resident),
    memory('of it not of files, at least', settled, (sample) => sample.anonymous),
    memory('heap and buffers in use, at least', settled, (sample) => sample.heap),
    {
      what: 'open descriptors',
      found: change(descriptors, String),
      wanted: `at most ${MOST_DESCRIPTORS} more`,
      good: descriptors.last <= descriptors.first + MOST_DESCRIPTORS,
    },
    {
      what: 'lateness of the event loop, 99th percentile',
      found: change(delay, (ms) => `${ms.toFixed(1)} ms`),
      wanted: judged ? 'at most twice, or 10 ms more' : 'reported',
      good: !judged || delay.last <= Math.max(2 * delay.first, delay.first + 10),
    },
    {
      what: 'processor time a request',
      found: change(cost, (ms) => `${ms.toFixed(2)} ms`),
      wanted: 'reported',
      good: true,
    },
    { what: 'ended by SIGTERM with 0', found: ended ? 'yes' : 'no', wanted: 'yes', good: ended },
  ];
}

function memory(what: string, samples: readonly Sample[], figure: (sample: Sample) => number): Finding {
  const { first, last } = floorTrend(samples, figure);
  const found = `${change({ first, last }, mebibytes)} (× ${(last / first).toFixed(2)})`;
  return { what, found, wanted: `at most × ${MOST_GROWTH}`, good: last / first <= MOST_GROWTH };
}

const change = ({ first, last }: Trend, shown: (value: number) => string): string =>
  `${shown(first)} → ${shown(last)}`;

/** @returns e.g. `81.2 MiB` */
export const mebibytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
