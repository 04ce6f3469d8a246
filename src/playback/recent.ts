/** What was made last, for the many who ask for the same at about the same time. */

/** Keeps so many; what could not be made is made anew by the next who asks. */
export function createRecent<T>(most: number) {
  const kept = new Map<string, Promise<T>>()
  return (key: string, make: () => Promise<T>): Promise<T> => {
    const known = kept.get(key)
    if (known) return known
    const made = make()
    if (kept.size >= most) kept.delete(kept.keys().next().value!)
    kept.set(key, made)
    made.catch(() => kept.delete(key))
    return made
  }
}
