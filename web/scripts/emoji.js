/** The emoji one can choose from, with their names in the client's languages. Pure: `generate.js` reads and writes. */

/** Newer ones are boxes on many devices still. */
const NEWEST = 15.1;
/** Skin tones and hair by themselves. */
const COMPONENTS = 2;

/**
 * A row for each emoji, in the customary order: itself, its group, its short names, then label and other words in
 * English and Chinese.
 */
export function emojiRows(english, chinese, github, emojibase) {
  const inChinese = new Map(chinese.map((emoji) => [emoji.hexcode, emoji]));
  return english
    .filter(({ group, version }) => group !== undefined && group !== COMPONENTS && version <= NEWEST)
    .sort((a, b) => a.order - b.order)
    .map(({ emoji, group, hexcode, label, tags }) => {
      const translated = inChinese.get(hexcode);
      const names = [...new Set([github[hexcode], emojibase[hexcode]].flat().filter(Boolean))];
      return [qualified(emoji), group, names.join(' '), label, words(tags), translated?.label ?? '', words(translated?.tags)];
    });
}

/** As Unicode writes it: an emoji that is one by itself is not marked as one. */
const qualified = (emoji) => emoji.replace(/(?<=\p{Emoji_Presentation})\uFE0F/gu, '');

const words = (tags = []) => tags.join(' ');

/** A string, for it is read faster than a literal of so many parts. */
export function emojiModule(rows) {
  const text = JSON.stringify(JSON.stringify(rows));
  return `// Written by scripts/generate.js from emojibase-data.\nexport const EMOJI_ROWS: string =\n  ${text};\n`;
}
