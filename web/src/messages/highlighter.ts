/** The grammars of the usual languages. Large, so nothing but `highlight.ts` imports it, and only when needed. */
import { common, createLowlight } from 'lowlight';

export const lowlight = createLowlight(common);
