#!/usr/bin/env bash
# Good guess: strings that the npm package yaml writes come back as strings from PyYAML (Ansible, Salt, most Python tools):
#   a writer quotes what a reader could take for something else, as js-yaml does.
# What happens: it quotes for YAML 1.2 alone. PyYAML reads the text 12:30 as the number 750, 1_000 as 1000, on and yes as true, and
#   2024-01-01 as a date. With { version: '1.1' } it quotes them.
# Seen with: yaml 2.9.1, js-yaml 5.5.0, PyYAML 6.0.2, Python 3.11, Node 20.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages yaml@2.9.1 js-yaml@5.5.0
python_packages PyYAML==6.0.2
cat >write.mjs <<'JS'
import { stringify } from 'yaml';
import { dump } from 'js-yaml';
const texts = ['12:30', '1_000', 'on', 'yes', '2024-01-01'];
console.log(JSON.stringify([stringify(texts), stringify(texts, { version: '1.1' }), dump(texts)]));
JS
cat >read.py <<'PY'
import datetime, json, sys, yaml
plain, eleven, js_yaml = (yaml.safe_load(text) for text in json.load(sys.stdin))
print("yaml", plain, "yaml 1.1", eleven, "js-yaml", js_yaml)
texts = ["12:30", "1_000", "on", "yes", "2024-01-01"]
assert plain == [750, 1000, True, True, datetime.date(2024, 1, 1)]
assert eleven == texts and js_yaml == texts
PY
node write.mjs | python3 read.py
