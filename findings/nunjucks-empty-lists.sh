#!/usr/bin/env bash
# Good guess: nunjucks is Jinja2 for JavaScript, so a template of Ansible's or Salt's kind, {% if alerts %}, has the same text in
#   both.
# What happens: an empty list or object is true in nunjucks. A variable that is set in a loop keeps its value after it, while in
#   Jinja2 it is as before the loop, alerts[-1] is nothing instead of the last, 5 == "5" is true, and -7 % 3 is -1 instead of 2.
#   None of these is an error.
# Seen with: nunjucks 3.2.4, Node 20; Jinja2 3.1.6, Python 3.11.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages nunjucks@3.2.4
python_packages Jinja2==3.1.6
cat >templates.json <<'JSON'
["{% if none_late %}alarm{% else %}all is well{% endif %}", "{% set n = 0 %}{% for x in late %}{% set n = n + 1 %}{% endfor %}{{ n }}",
 "{{ late[-1] }}", "{% if 5 == '5' %}same{% else %}different{% endif %}", "{{ -7 % 3 }}"]
JSON
cat >run.mjs <<'JS'
import fs from 'fs';
import nunjucks from 'nunjucks';
const templates = JSON.parse(fs.readFileSync('templates.json', 'utf8'));
console.log(JSON.stringify(templates.map((template) => nunjucks.renderString(template, { none_late: [], late: ['a', 'b'] }))));
JS
cat >run.py <<'PY'
import json, sys
import jinja2
of_jinja = [jinja2.Template(text).render(none_late=[], late=['a', 'b']) for text in json.load(open('templates.json'))]
of_nunjucks = json.load(sys.stdin)
print('nunjucks', of_nunjucks, '| Jinja2', of_jinja)
assert of_nunjucks == ['alarm', '2', '', 'same', '-1']
assert of_jinja == ['all is well', '0', 'b', 'different', '2']
PY
node run.mjs | python run.py
