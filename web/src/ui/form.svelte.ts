import { explain } from '../i18n/locale.svelte';
import { Problem } from '../wire/problem';

/** A form on its way to the server: whether it is, and what the server said against it. */
export class Form {
  busy = $state(false);
  problem = $state.raw<Problem | null>(null);

  /** Sends; true where that succeeded. A second press while the first is under way does nothing. */
  async submit(send: () => Promise<unknown>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.problem = null;
    try {
      await send();
      return true;
    } catch (thrown) {
      this.problem = Problem.of(thrown);
      return false;
    } finally {
      this.busy = false;
    }
  }

  /** What is wrong with one field. */
  of(field: string): string | undefined {
    const error = this.problem?.errors.find((one) => one.field === field);
    return error && explain(error);
  }

  /** What is wrong with the whole, where no field of the form says it already. */
  general(...fields: string[]): Problem | null {
    return fields.some((field) => this.of(field)) ? null : this.problem;
  }
}
