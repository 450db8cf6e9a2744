#!/usr/bin/env bash
# Good guess: what Python's parser of Prometheus' text format gives has the names that are in the text.
# What happens: a sample of a counter gets the ending _total: jobs, as prom-client writes a counter of that name, is found as
#   jobs_total only, and a relay that parses and writes again renames it for all who ask for it. The same line without its TYPE,
#   or with another, keeps its name.
# Seen with: prom-client 15.1.3, Node 20; prometheus_client 0.26.0, Python 3.11.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages prom-client@15.1.3
python_packages prometheus_client==0.26.0
cat >run.cjs <<'JS'
const { Counter, Gauge, Registry } = require('prom-client');
const registry = new Registry();
new Counter({ name: 'jobs', help: 'h', registers: [registry] }).inc();
new Gauge({ name: 'queue', help: 'h', registers: [registry] }).set(2);
registry.metrics().then((text) => require('fs').writeFileSync('text', text));
JS
node run.cjs
cat text
python - <<'PY'
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families
text = open('text').read()
assert '\njobs 1\n' in text
class Relay:
    def collect(self):
        return text_string_to_metric_families(text)
registry = CollectorRegistry()
registry.register(Relay())
names = [s.name for family in text_string_to_metric_families(text) for s in family.samples]
untyped = [s.name for family in text_string_to_metric_families('jobs 1\n') for s in family.samples]
again = generate_latest(registry).decode()
print(names, untyped, again, sep='\n')
assert names == ['jobs_total', 'queue'] and untyped == ['jobs']
assert '\njobs_total 1.0\n' in again and '\njobs ' not in again
PY
