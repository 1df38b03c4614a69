export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** How close things stand to one another. */
export const DENSITIES = ['comfortable', 'compact'] as const;
export type Density = (typeof DENSITIES)[number];

type Keep = Pick<Storage, 'getItem' | 'setItem'>;
const kept = <T extends string>(storage: Keep, key: string, known: readonly T[]): T | undefined =>
  known.find((one) => one === storage.getItem(key));

/** How this browser shows everything: light or dark (`auto` follows the device), comfortable or compact. */
export class Appearance {
  theme = $state<Theme>('auto');
  density = $state<Density>('comfortable');

  constructor(
    private readonly storage: Keep = localStorage,
    private readonly root: Pick<HTMLElement, 'dataset'> = document.documentElement,
  ) {
    this.theme = kept(storage, 'parlor.theme', THEMES) ?? 'auto';
    this.density = kept(storage, 'parlor.density', DENSITIES) ?? 'comfortable';
    this.#show();
  }

  choose(theme: Theme): void {
    this.theme = theme;
    this.storage.setItem('parlor.theme', theme);
    this.#show();
  }

  chooseDensity(density: Density): void {
    this.density = density;
    this.storage.setItem('parlor.density', density);
    this.#show();
  }

  #show(): void {
    const { dataset } = this.root;
    if (this.theme === 'auto') delete dataset.theme;
    else dataset.theme = this.theme;
    dataset.density = this.density;
  }
}
