// The records and rules of bench_live in JavaScript engines, from JSON text in.
//
//   node peers.mjs CASES FOLDER      CASES from `bench_live --emit`; FOLDER holds node_modules
//
// Every engine's answers are compared with the expected ones first. Prints a JSON object: nanoseconds a record, by engine.

import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const require = createRequire(resolve(process.argv[3], 'here.js'));
const cases = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const texts = cases.records.map((one) => JSON.stringify(one.record));
const expected = cases.records.map((one) => one.hits);
const rules = cases.rules;
const words = (rule) => Object.entries(rule.texts);

// ---- peers: each takes a record's JSON text and gives the bits of the rules that hit; `any`: only whether one did

function plain() {
  const body = rules.map((rule, i) =>
    `if (${words(rule).map(([name, word]) => `r.${name} === '${word}'`).join(' && ')} && r.${rule.number} <= ${rule.most} && r.${rule.flag}) hits |= ${1 << i};`);
  const judge = new Function('r', `let hits = 0; ${body.join('\n')} return hits;`);
  return (text) => judge(JSON.parse(text));
}

function jsonLogic() {
  const { LogicEngine } = require('json-logic-engine');
  const engine = new LogicEngine();
  const built = rules.map((rule) => engine.build({ and: [
    ...words(rule).map(([name, word]) => ({ '===': [{ var: name }, word] })),
    { '<=': [{ var: rule.number }, rule.most] }, { var: rule.flag }] }));
  return (text) => {
    const record = JSON.parse(text);
    let hits = 0;
    for (let i = 0; i < built.length; i++) {
      if (built[i](record)) hits |= 1 << i;
    }
    return hits;
  };
}

function zen() {
  const { ZenEngine } = require('@gorules/zen-engine');
  const expressions = rules.map((rule, i) => ({ id: `e${i}`, key: `r${i}`, value:
    `${words(rule).map(([name, word]) => `${name} == '${word}'`).join(' and ')} and ${rule.number} <= ${rule.most} and ${rule.flag}` }));
  const decision = new ZenEngine().createDecision(Buffer.from(JSON.stringify({
    nodes: [{ id: 'in', name: 'in', type: 'inputNode' },
      { id: 'all', name: 'all', type: 'expressionNode', content: { expressions } },
      { id: 'out', name: 'out', type: 'outputNode' }],
    edges: [{ id: 'a', sourceId: 'in', targetId: 'all', type: 'edge' }, { id: 'b', sourceId: 'all', targetId: 'out', type: 'edge' }] })));
  return async (text) => {
    const { result } = await decision.evaluate(JSON.parse(text));
    let hits = 0;
    for (let i = 0; i < rules.length; i++) {
      if (result[`r${i}`]) hits |= 1 << i;
    }
    return hits;
  };
}

function jsonRules() {
  const { Engine } = require('json-rules-engine');
  const engine = new Engine(rules.map((rule, i) => ({ event: { type: String(i) }, conditions: { all: [
    ...words(rule).map(([fact, value]) => ({ fact, operator: 'equal', value })),
    { fact: rule.number, operator: 'lessThanInclusive', value: rule.most }, { fact: rule.flag, operator: 'equal', value: true }] } })));
  return async (text) => {
    const { events } = await engine.run(JSON.parse(text));
    return events.reduce((hits, event) => hits | 1 << Number(event.type), 0);
  };
}

async function casbin() {
  const { newEnforcer, newModelFromString, StringAdapter } = require('casbin');
  const model = newModelFromString(`[request_definition]\nr = sub\n[policy_definition]\np = rule\n[policy_effect]
e = some(where (p.eft == allow))\n[matchers]\nm = eval(p.rule)\n`);
  const lines = rules.map((rule) => `p, "${words(rule).map(([name, word]) => `r.sub.${name} == '${word}'`).join(' && ')} && r.sub.${rule.number} <= ${rule.most} && r.sub.${rule.flag}"`);
  const enforcer = await newEnforcer(model, new StringAdapter(lines.join('\n')));
  return async (text) => enforcer.enforce(JSON.parse(text));
}

function cedar() {
  const wasm = require('@cedar-policy/cedar-wasm/nodejs');
  const staticPolicies = Object.fromEntries(rules.map((rule, i) => [`r${i}`, `forbid (principal, action, resource) when {
    ${words(rule).map(([name, word]) => `context.${name} == "${word}"`).join(' && ')} && context.${rule.number} <= ${rule.most} && context.${rule.flag} };`]));
  const parsed = wasm.preparsePolicySet('all', { staticPolicies });
  if (parsed.type !== 'success') throw new Error(JSON.stringify(parsed));
  const who = (type) => ({ type, id: 'one' });
  return (text) => {
    const answer = wasm.statefulIsAuthorized({ principal: who('User'), action: who('Action'), resource: who('Form'), context: JSON.parse(text),
      preparsedPolicySetId: 'all', entities: [] });
    if (answer.type !== 'success') throw new Error(JSON.stringify(answer));
    return answer.response.diagnostics.reason.reduce((hits, id) => hits | 1 << Number(id.slice(1)), 0);
  };
}

// ---- comparing, then timing in turn

const ROUNDS = 7;
const peers = { plain: plain(), 'json-logic-engine': jsonLogic(), 'zen-engine': zen(), 'json-rules-engine': jsonRules(), casbin: await casbin(), 'cedar-wasm': cedar() };
const slow = new Set(['zen-engine', 'json-rules-engine', 'casbin', 'cedar-wasm']);

for (const [name, peer] of Object.entries(peers)) {
  for (let i = 0; i < texts.length; i++) {
    const said = await peer(texts[i]);
    if (name === 'casbin' ? said !== (expected[i] !== 0) : said >>> 0 !== expected[i]) {
      throw new Error(`${name}, record ${i}: ${said}, not ${expected[i]}`);
    }
  }
}
const taken = Object.fromEntries(Object.keys(peers).map((name) => [name, []]));
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, peer] of Object.entries(peers)) {
    const repeats = slow.has(name) ? 1 : 40;
    const from = process.hrtime.bigint();
    for (let k = 0; k < repeats; k++) {
      for (let i = 0; i < texts.length; i++) {
        const said = peer(texts[i]);
        if (said instanceof Promise) await said;
      }
    }
    taken[name].push(Number(process.hrtime.bigint() - from) / repeats / texts.length);
  }
}
const median = (all) => all.sort((a, b) => a - b)[all.length >> 1];
console.log(JSON.stringify(Object.fromEntries(Object.entries(taken).map(([name, all]) => [name, median(all)]))));
