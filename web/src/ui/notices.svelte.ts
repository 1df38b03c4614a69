/** Short notes that pass: something was done, or could not be. */
export interface Notice {
  id: number;
  text: string;
  isProblem: boolean;
}

const SHOWN_MS = 6_000;

export class Notices {
  list = $state.raw<readonly Notice[]>([]);
  #last = 0;

  tell(text: string, isProblem = false): void {
    const id = ++this.#last;
    this.list = [...this.list.filter((notice) => notice.text !== text), { id, text, isProblem }];
    setTimeout(() => this.dismiss(id), SHOWN_MS);
  }

  dismiss(id: number): void {
    this.list = this.list.filter((notice) => notice.id !== id);
  }
}
