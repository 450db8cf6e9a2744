#!/usr/bin/env bash
# Good guess: attributes whose names differ in a dot or underscore only (a.b and a_b) become one label, as OpenTelemetry's rules for
#   Prometheus have it: both values, joined by a semicolon.
# What happens: the exporter writes the label twice. That is no valid sample, and the parser refuses the whole scrape for it, all the
#   other metrics too.
# Seen with: @opentelemetry/exporter-prometheus 0.223.0, @opentelemetry/sdk-metrics 2.12.1, Node 20; prometheus_client 0.26.0, Python 3.11.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages @opentelemetry/api@1.9.1 @opentelemetry/exporter-prometheus@0.223.0 @opentelemetry/sdk-metrics@2.12.1
python_packages prometheus_client==0.26.0
cat >run.cjs <<'JS'
const { PrometheusExporter, PrometheusSerializer } = require('@opentelemetry/exporter-prometheus');
const { MeterProvider } = require('@opentelemetry/sdk-metrics');
const exporter = new PrometheusExporter({ preventServerStart: true });
const meter = new MeterProvider({ readers: [exporter] }).getMeter('findings');
meter.createCounter('beats').add(3);
if (process.argv[2] === 'both') meter.createGauge('load').record(7, { 'service.name': 'a', service_name: 'b' });
exporter.collect().then(({ resourceMetrics }) => process.stdout.write(new PrometheusSerializer().serialize(resourceMetrics)));
JS
node run.cjs >one
node run.cjs both >both
grep '^load' both
python - <<'PY'
from prometheus_client.parser import text_string_to_metric_families
read = lambda name: [s.name for family in text_string_to_metric_families(open(name).read()) for s in family.samples]
assert 'service_name="a",service_name="b"' in open('both').read()
assert 'beats_total' in read('one')
try:
    read('both')
    raise SystemExit('it is read')
except ValueError as error:
    print(error)
PY
