import { describe, expect, it } from 'vitest';
import { mentionAt, mentionsIn } from './mentions';

const members = ['alice', 'bob', 'bob.', 'j.doe', '张三', '张三丰'];
const found = (text: string, names = members) =>
  mentionsIn(text, (name) => names.includes(name)).map(({ start, end }) => text.slice(start, end));

describe('mentions', () => {
  it('are members’ names after an at sign', () => {
    expect(found('hello @alice and (@bob), @nobody')).toEqual(['@alice', '@bob']);
    expect(found('write to x@alice or @al')).toEqual([]);
    expect(found('@alicex')).toEqual([]);
  });

  it('end with the sentence, unless the name itself has the full stop', () => {
    expect(found('ask @alice.')).toEqual(['@alice']);
    expect(found('ask @bob.')).toEqual(['@bob.']);
    expect(found('ask @j.doe')).toEqual(['@j.doe']);
  });

  it('are found where words are not spaced', () => {
    expect(found('请@张三丰看一下，@张三看一下')).toEqual(['@张三丰', '@张三']);
    expect(found('你好@alice你好')).toEqual(['@alice']);
  });

  it('may call everybody', () => {
    expect(found('@room @ALL! @所有人开会')).toEqual(['@room', '@ALL', '@所有人']);
  });

  it('are offered while a name is begun', () => {
    expect(mentionAt('hi @al', 6)).toEqual({ start: 3, name: 'al' });
    expect(mentionAt('@', 1)).toEqual({ start: 0, name: '' });
    expect(mentionAt('你好@小', 4)).toEqual({ start: 2, name: '小' });
    expect(mentionAt('mail a@b', 8)).toBeNull();
    expect(mentionAt('hi @al there', 12)).toBeNull();
  });
});
