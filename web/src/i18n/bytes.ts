/** A number of bytes in the unit that it is read in. Pure. */
const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

export function formatBytes(bytes: number, language: string): string {
  const power = bytes < 1 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), UNITS.length - 1);
  const digits = power === 0 ? 0 : 1;
  const unit = { style: 'unit', unit: UNITS[power]!, maximumFractionDigits: digits } as const;
  return (bytes / 1000 ** power).toLocaleString(language, unit);
}
