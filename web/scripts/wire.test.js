import { expect, it } from 'vitest';
import { typeOf, wireModule } from './wire.js';

const ref = (name) => ({ $ref: `#/components/schemas/${name}` });

it('turns schemas into types', () => {
  expect(typeOf({ type: ['string', 'null'] })).toBe('string | null');
  expect(typeOf({ type: 'array', items: ref('Room') })).toBe('Room[]');
  expect(typeOf({ type: 'array', items: { type: ['integer', 'null'] } })).toBe('(number | null)[]');
  expect(typeOf({ oneOf: [ref('Room'), { type: 'null' }] })).toBe('Room | null');
  expect(typeOf({ allOf: [ref('Card'), { oneOf: [ref('A'), ref('B')] }] })).toBe('Card & (A | B)');
  expect(typeOf({ type: 'object', additionalProperties: { type: 'integer' } })).toBe('Record<string, number>');
  expect(typeOf({ enum: ['a', 'b'] })).toBe('"a" | "b"');
  expect(typeOf({ type: 'object', required: ['id'], properties: { id: { type: 'integer' }, to: ref('User') } })).toBe(
    '{\n  id: number;\n  to?: User | undefined;\n}',
  );
  expect(() => typeOf({ type: 'tuple' })).toThrow('tuple');
});

it('tells events from requests, and knows what a request answers', () => {
  const asked = { oneOf: [{ allOf: [{ type: 'object' }, ref('Posted')] }, ref('Refusal')] };
  const messages = { send: { payload: ref('Draft') }, 'send.answer': { payload: asked }, told: { payload: ref('News') } };
  const text = wireModule({ components: { schemas: {} } }, { components: { schemas: {}, messages } });
  expect(text).toContain('interface EventsByName {\n  told: News;\n}');
  expect(text).toContain('interface RequestsByName {\n  send: [Draft, Posted];\n}');
});

it('refuses two meanings of one name, whatever the order of their parts', () => {
  const one = { type: 'string', description: 'A name.' };
  const same = { description: 'A name.', type: 'string' };
  const api = (schema) => ({ components: { schemas: { Name: schema }, messages: {} } });
  expect(wireModule(api(one), api(same))).toContain('export type Name = string;');
  expect(() => wireModule(api(one), api({ type: 'integer' }))).toThrow('Name');
});
