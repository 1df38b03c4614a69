import { untrack } from 'svelte';
import { Problem } from '../wire/problem';
import type { Page } from '../wire/types';

const PAUSE_MS = 200;

/** A list that is searched while one types: the newest question wins, whatever order the answers come in. */
export class Search<T> {
  items = $state.raw<readonly T[]>([]);
  next = $state.raw<string | null>(null);
  problem = $state.raw<Problem | null>(null);
  loading = $state(false);
  loaded = $state(false);
  #text = '';
  #cursor: string | undefined;
  #generation = 0;
  #pause: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly ask: (text: string, cursor?: string) => Promise<Page<T>>) {}

  /** Asks when nothing more is typed for a moment. An effect that calls it is not called again by the answer. */
  run(text: string): void {
    clearTimeout(this.#pause);
    this.#text = text;
    this.#pause = setTimeout(() => void this.#load(), untrack(() => this.loaded) ? PAUSE_MS : 0);
  }

  clear(): void {
    clearTimeout(this.#pause);
    this.#generation += 1;
    this.items = [];
    this.next = this.problem = null;
    this.loading = this.loaded = false;
  }

  async more(): Promise<void> {
    if (this.next && !this.loading) await this.#load(this.next);
  }

  /** Asks again what was not answered. */
  again(): Promise<void> {
    clearTimeout(this.#pause);
    return this.#load(this.#cursor);
  }

  async #load(cursor?: string): Promise<void> {
    const generation = ++this.#generation;
    this.#cursor = cursor;
    this.loading = true;
    this.problem = null;
    try {
      const page = await this.ask(this.#text, cursor);
      if (generation !== this.#generation) return;
      this.items = cursor ? [...this.items, ...page.items] : page.items;
      this.next = page.next ?? null;
      this.loaded = true;
    } catch (thrown) {
      if (generation === this.#generation) this.problem = Problem.of(thrown);
    } finally {
      if (generation === this.#generation) this.loading = false;
    }
  }
}
