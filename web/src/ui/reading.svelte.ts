import { Problem } from '../wire/problem';

/** Something that is read from the server, and again when it is out of date or did not come. */
export class Reading<T> {
  value = $state.raw<T | null>(null);
  problem = $state.raw<Problem | null>(null);
  #generation = 0;

  constructor(private readonly ask: () => Promise<T>) {}

  /** Reads it; where it is read twice at once, the newer answer holds. What is there stays until then. */
  load = async (): Promise<void> => {
    const generation = ++this.#generation;
    this.problem = null;
    try {
      const value = await this.ask();
      if (generation === this.#generation) this.value = value;
    } catch (thrown) {
      if (generation === this.#generation) this.problem = Problem.of(thrown);
    }
  };
}
