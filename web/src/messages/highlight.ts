/** Code as a run of coloured tokens; never as HTML. */

export interface Token {
  value: string;
  /** What it is in the language, such as `keyword`; absent for plain text. */
  kind?: string;
}

/** What lowlight answers with, as far as it is used here. */
interface Node {
  type: string;
  value?: string;
  properties?: { className?: unknown };
  children?: readonly Node[];
}

let loading: Promise<typeof import('./highlighter')> | undefined;

/** The tokens of a piece of code; `null` where its language is unknown or nothing could be loaded. */
export async function highlight(code: string, language: string): Promise<Token[] | null> {
  loading ??= import('./highlighter');
  try {
    const { lowlight } = await loading;
    return lowlight.registered(language) ? tokensOf(lowlight.highlight(language, code) as Node) : null;
  } catch {
    // Without a connection there is another attempt later; meanwhile code is readable without colours.
    loading = undefined;
    return null;
  }
}

function tokensOf(node: Node, kind?: string): Token[] {
  if (node.type === 'text') return [{ value: node.value ?? '', ...(kind ? { kind } : {}) }];
  const [name] = Array.isArray(node.properties?.className) ? (node.properties.className as string[]) : [];
  const inside = name?.startsWith('hljs-') ? name.slice('hljs-'.length) : kind;
  return (node.children ?? []).flatMap((child) => tokensOf(child, inside));
}
