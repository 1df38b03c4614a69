/** How much work a text makes for whoever reads it. In JavaScript, for it asks the engine that runs it. */
import { Session } from 'node:inspector/promises';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseMarkdown } from '../src/messages/markdown.ts';
import { fill, LONGEST, TANGLES } from '../src/testing/tangles.ts';

const nobody = () => false;

describe('reading a message', () => {
  const profiler = new Session();
  beforeAll(async () => {
    profiler.connect();
    await profiler.post('Profiler.enable');
    await profiler.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  });
  afterAll(() => profiler.disconnect());

  /** How often the parts of the client's and its libraries' functions ran: a measure that no clock has a say in. */
  async function steps(action) {
    await profiler.post('Profiler.takePreciseCoverage');
    action();
    const { result } = await profiler.post('Profiler.takePreciseCoverage');
    const ours = result.filter(({ url }) => /micromark|mdast|markdown\.ts|mentions\.ts/.test(url));
    return ours.flatMap(({ functions }) => functions.flatMap(({ ranges }) => ranges)).reduce((sum, { count }) => sum + count, 0);
  }

  it('M4 M5 grows with the length of a text and not with its square, whatever it consists of', async () => {
    const found = [];
    for (const pattern of TANGLES) {
      const read = (length) => steps(() => parseMarkdown(fill(pattern, length), nobody));
      const [short, long] = [await read(LONGEST / 8), await read(LONGEST / 2)];
      // Four times the text is four times the work, or less where it is too tangled to be looked at.
      if (long > 6 * short + 10_000) found.push([pattern, long / short]);
    }
    expect(found).toEqual([]);
  }, 60_000);

  it('M4 counts as it should: a parser that looks back from every mark is found out', async () => {
    const [short, long] = [await steps(() => fromMarkdown(fill('*_', 500))), await steps(() => fromMarkdown(fill('*_', 2_000)))];
    expect(long).toBeGreaterThan(6 * short);
  }, 60_000);
});
