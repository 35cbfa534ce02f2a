// The conformance tests of @bufbuild/cel-spec, from its JavaScript modules into one JSON file.
// usage: node extract.mjs PACKAGE_FOLDER OUTPUT
import fs from 'node:fs';
import path from 'node:path';
import {pathToFileURL} from 'node:url';

const [, , folder, output] = process.argv;
const module = path.resolve(folder, 'dist/esm/testdata/conformance.js');
const {tests} = await import(pathToFileURL(module).href);
const about = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));

// A tree of suites; its first level is what cel-spec has as one file each.
const files = {};
function collect(suite, file, section) {
  for (const test of suite.tests ?? []) {
    (files[file] ??= []).push({section, ...test.original});
  }
  for (const inner of suite.suites ?? []) {
    collect(inner, file ?? inner.name, file === undefined ? '' : inner.name);
  }
}
collect(tests, undefined, '');
fs.writeFileSync(output, JSON.stringify({version: about.version, specification: about.upstreamCelSpecRef, files}));
