/** A component whose code is fetched when it is first shown, or ahead of that. */
import { type ComponentType, useEffect, useState } from 'react'

/**
 * What was fetched ahead is shown at once, and the rest as soon as it is there; React's own `lazy` shows the fallback even
 * for the first, and then keeps it up for 300 ms.
 */
export function loadable<P extends object>(load: () => Promise<ComponentType<P>>, Fallback: ComponentType) {
  let loaded: ComponentType<P> | undefined
  const preload = async () => {
    loaded ??= await load()
    return loaded
  }
  function Loadable(props: P) {
    const [Shown, setShown] = useState(() => loaded)
    useEffect(() => {
      if (Shown) return
      const fail = (error: unknown) => {
        throw error
      }
      preload().then(
        (component) => setShown(() => component),
        (error) => setShown(() => fail(error)),
      )
    }, [Shown])
    return Shown ? <Shown {...props} /> : <Fallback />
  }
  return Object.assign(Loadable, { preload })
}
