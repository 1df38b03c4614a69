/** What is told while an answer is awaited is made again upon it: the answer may be older. */
export class Meanwhile {
  #awaiting = new Set<(() => void)[]>();

  /** Makes a change, and again upon each answer that is still on its way. */
  change(make: () => void): void {
    for (const changes of this.#awaiting) changes.push(make);
    make();
  }

  /** Takes an answer when it comes. */
  async upon<T>(answer: Promise<T>, take: (answer: T) => void): Promise<T> {
    const changes: (() => void)[] = [];
    this.#awaiting.add(changes);
    try {
      const came = await answer;
      take(came);
      for (const make of changes) make();
      return came;
    } finally {
      this.#awaiting.delete(changes);
    }
  }
}
