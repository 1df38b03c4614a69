/** TypeScript for the schemas of the server's OpenAPI and AsyncAPI documents. Pure: `generate.js` reads and writes. */

/**
 * @typedef {Record<string, any>} Schema
 * @typedef {{ components: { schemas: Record<string, Schema>, messages?: Record<string, Schema> } }} Api
 */

/**
 * The text of a module with every type of both documents, the socket's events and its requests.
 * @param {Api} openapi
 * @param {Api} asyncapi
 */
export function wireModule(openapi, asyncapi) {
  const schemas = merged(openapi.components.schemas, asyncapi.components.schemas);
  // The two maps are named here, not by the server.
  for (const name of ['EventsByName', 'RequestsByName']) if (name in schemas) throw new Error(`a schema is called ${name}`);
  const types = Object.entries(schemas).map(([name, schema]) => declaration(name, schema));
  return `${['// Written by scripts/generate.js from docs/openapi.json and docs/asyncapi.json.', ...types, events(asyncapi), requests(asyncapi)].join('\n\n')}\n`;
}

/** A name that both documents use has to mean one thing. */
function merged(...sources) {
  /** @type {Record<string, Schema>} */
  const all = {};
  for (const [name, schema] of sources.flatMap(Object.entries)) {
    if (all[name] && canonical(all[name]) !== canonical(schema)) throw new Error(`two schemas are called ${name}`);
    all[name] = schema;
  }
  return Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const canonical = (value) =>
  JSON.stringify(value, (_, part) =>
    part && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );

/** A closed list of words is also there as values. */
function declaration(name, schema) {
  const type = `${comment(schema)}export type ${name} = ${typeOf(schema)};`;
  if (!schema.enum) return type;
  const list = name.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();
  return `${type}\nexport const ${list}_VALUES = ${JSON.stringify(schema.enum)} as const satisfies readonly ${name}[];`;
}

/** @returns {string} */
export function typeOf(schema, indent = '') {
  if (schema.$ref) return schema.$ref.split('/').at(-1);
  if ('const' in schema) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  for (const [word, sign] of [['oneOf', ' | '], ['anyOf', ' | '], ['allOf', ' & ']]) {
    if (schema[word]) return schema[word].map((one) => bracketed(typeOf(one, indent))).join(sign);
  }
  const kinds = [schema.type].flat();
  return kinds.map((kind) => simple(kind, schema, indent)).join(' | ');
}

function simple(kind, schema, indent) {
  switch (kind) {
    case 'integer':
    case 'number':
      return 'number';
    case 'string':
    case 'boolean':
    case 'null':
      return kind;
    case 'array':
      return `${bracketed(typeOf(schema.items, indent))}[]`;
    case 'object':
      return schema.properties ? fields(schema, indent) : record(schema, indent);
    case undefined:
      return 'unknown';
    default:
      throw new Error(`no type for ${JSON.stringify(schema)}`);
  }
}

function fields({ properties, required = [] }, indent) {
  const deeper = `${indent}  `;
  const lines = Object.entries(properties).map(([name, schema]) => {
    const type = typeOf(schema, deeper);
    const field = required.includes(name) ? `${name}: ${type}` : `${name}?: ${type} | undefined`;
    return `${comment(schema, deeper)}${deeper}${field};`;
  });
  return `{\n${lines.join('\n')}\n${indent}}`;
}

function record({ additionalProperties: value }, indent) {
  if (!value || typeof value !== 'object') return 'Record<string, never>';
  return `Record<string, ${typeOf(value, indent)}>`;
}

const bracketed = (type) => (/[|&]/.test(type) && !/^\{[\s\S]*\}$/.test(type) ? `(${type})` : type);

function comment({ description }, indent = '') {
  if (!description) return '';
  const lines = description.replaceAll('*/', '* /').split('\n').map((line) => `${indent} * ${line}`);
  return `${indent}/**\n${lines.join('\n')}\n${indent} */\n`;
}

/** What the server sends, by name. */
function events({ components: { messages } }) {
  const asked = new Set(Object.keys(messages).filter((name) => name.endsWith('.answer')).map((name) => name.slice(0, -7)));
  const lines = Object.entries(messages)
    .filter(([name]) => !name.endsWith('.answer') && !asked.has(name))
    .map(([name, { payload, summary }]) => `${comment({ description: summary }, '  ')}  ${name}: ${typeOf(payload, '  ')};`);
  return `/** What the server sends over the socket. */\nexport interface EventsByName {\n${lines.join('\n')}\n}`;
}

/** What the client asks: the payload, and what a successful answer holds beside \`ok\`. */
function requests({ components: { messages } }) {
  const lines = Object.entries(messages).flatMap(([name, { payload, summary }]) => {
    const answer = messages[`${name}.answer`];
    if (!answer) return [];
    const held = answer.payload.oneOf[0].allOf?.[1] ?? { type: 'object' };
    return [`${comment({ description: summary }, '  ')}  ${name}: [${typeOf(payload, '  ')}, ${typeOf(held, '  ')}];`];
  });
  return `/** What the client asks over the socket: the payload, and the fields of the answer. */\nexport interface RequestsByName {\n${lines.join('\n')}\n}`;
}
