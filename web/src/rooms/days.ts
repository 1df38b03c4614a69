/** Terms in days, as people write them; 0 is for ever. Pure. */

/** What was written, or `NaN`, which the server is not asked for; left empty, it is for ever. */
export const daysOf = (text: string): number => (text.trim() === '' ? 0 : Number(text.trim()));

/** Whether less is kept by one term than by another. */
export const isShorter = (days: number, before: number): boolean => days > 0 && (before === 0 || days < before);
