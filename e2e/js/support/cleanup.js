// What a test set up is undone in reverse order, so that nothing is taken away under what still stands on it.

const undone = new WeakMap();

/** Does `undo` when the test has ended, before whatever was registered earlier. */
export function afterwards(t, undo) {
  if (!undone.has(t)) {
    const stack = [];
    undone.set(t, stack);
    t.after(() => unwind(stack));
  }
  undone.get(t).push(undo);
}

/** Undoes everything, then fails with the first failure. */
async function unwind(stack) {
  const failures = [];
  while (stack.length > 0) {
    // Awaited within the `try`: one that throws at once must not keep the rest from being undone.
    try {
      await stack.pop()();
    } catch (failure) {
      failures.push(failure);
    }
  }
  if (failures.length > 0) throw failures[0];
}

/** Does something outside of a test, and undoes afterwards what it set up. */
export async function undoing(work) {
  const stack = [];
  const t = {};
  undone.set(t, stack);
  try {
    await work(t);
  } finally {
    await unwind(stack);
  }
}
