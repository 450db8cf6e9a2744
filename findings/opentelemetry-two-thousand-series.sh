#!/usr/bin/env bash
# Good guess: a gauge with an attribute for each of 3000 watched things has 3000 series in a scrape; who wants fewer says so in a
#   view.
# What happens: it has 2000. All things after the first 1999 share one series, otel_metric_overflow="true", which has no id: of a
#   counter it is their sum, of a gauge the value of whichever came last. Nothing is logged or returned as an error. A view with
#   aggregationCardinalityLimit lifts it.
# Seen with: @opentelemetry/sdk-metrics 2.12.1, @opentelemetry/exporter-prometheus 0.223.0, Node 20.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages @opentelemetry/sdk-metrics@2.12.1 @opentelemetry/exporter-prometheus@0.223.0 @opentelemetry/api@1.9.1
cat >run.mjs <<'JS'
import assert from 'assert';
import { diag, DiagLogLevel } from '@opentelemetry/api';
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
const logged = [];
const log = (...words) => logged.push(words.join(' '));
diag.setLogger({ error: log, warn: log, info() {}, debug() {}, verbose() {} }, DiagLogLevel.ALL);
const scrape = async (views) => {
  const exporter = new PrometheusExporter({ preventServerStart: true });
  const meter = new MeterProvider({ readers: [exporter], views }).getMeter('watch');
  const events = meter.createCounter('events');
  for (let id = 0; id < 3000; id++) events.add(1, { id: String(id) });
  meter.createObservableGauge('age').addCallback((result) => { for (let id = 0; id < 3000; id++) result.observe(id, { id: String(id) }); });
  const { resourceMetrics, errors } = await exporter.collect();
  const lines = new PrometheusSerializer().serialize(resourceMetrics).split('\n');
  const of = (name) => lines.filter((line) => line.startsWith(`${name}{`));
  const overflow = (name) => of(name).filter((line) => line.includes('otel_metric_overflow')).map((line) => Number(line.split(' ').pop()));
  return { counters: of('events_total').length, gauges: of('age').length, overflow: [...overflow('events_total'), ...overflow('age')], errors };
};
const plain = await scrape();
const raised = await scrape(['events', 'age'].map((instrumentName) => ({ instrumentName, aggregationCardinalityLimit: 5000 })));
console.log(plain, raised, logged);
assert.deepStrictEqual(plain, { counters: 2000, gauges: 2000, overflow: [1001, 2999], errors: [] });
assert.deepStrictEqual(raised, { counters: 3000, gauges: 3000, overflow: [], errors: [] });
assert.deepStrictEqual(logged, []);
JS
node run.mjs
