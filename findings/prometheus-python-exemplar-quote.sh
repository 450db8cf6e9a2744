#!/usr/bin/env bash
# Good guess: a label of an exemplar may hold a quote, escaped as in any other label, and Python's parser of OpenMetrics reads it.
# What happens: the parser counts the escaped quote as an end, and where their number is odd (3.5" disk) one exemplar makes it refuse
#   all of the scrape. The same text in a label of the sample is read, and so are a pair of quotes, a brace, a backslash and a
#   line end in the exemplar.
# Seen with: prom-client 15.1.3, Node 20; prometheus_client 0.26.0, Python 3.11.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages prom-client@15.1.3
python_packages prometheus_client==0.26.0
cat >run.cjs <<'JS'
const { Histogram, Registry } = require('prom-client');
const write = async (name, label) => {
  const registry = new Registry(Registry.OPENMETRICS_CONTENT_TYPE);
  const histogram = new Histogram({ name: 'seconds', help: 'h', buckets: [1], labelNames: ['job'], enableExemplars: true, registers: [registry] });
  histogram.observe({ value: 0.5, labels: { job: '3.5" disk' }, exemplarLabels: { run: label } });
  require('fs').writeFileSync(name, await registry.metrics());
};
write('plain', '"7"}\\\n').then(() => write('quote', '3.5" disk'));
JS
node run.cjs
grep '# {' quote
python - <<'PY'
from prometheus_client.openmetrics.parser import text_string_to_metric_families
read = lambda name: [s for family in text_string_to_metric_families(open(name).read()) for s in family.samples]
first = read('plain')[0]
print(first.labels, first.exemplar.labels)
assert first.labels['job'] == '3.5" disk' and first.exemplar.labels == {'run': '"7"}\\\n'}
try:
    read('quote')
    raise SystemExit('it is read')
except ValueError as error:
    print(error)
PY
