/** Computes a derived value of an immutable object once and keeps it as long as the object lives: ids, hashes, sizes. */
export function memo<T extends object, R>(compute: (item: T) => R): (item: T) => R {
  const known = new WeakMap<T, { value: R }>();
  return (item) => {
    let entry = known.get(item);
    if (entry === undefined) {
      entry = { value: compute(item) };
      known.set(item, entry);
    }
    return entry.value;
  };
}
