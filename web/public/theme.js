// Runs before the first paint, so that a dark room does not flash white.
;(() => {
  const system = matchMedia('(prefers-color-scheme: dark)')
  const apply = () => {
    let choice = 'system'
    try {
      choice = localStorage.getItem('theme') ?? 'system'
    } catch {}
    const dark = choice === 'dark' || (choice !== 'light' && system.matches)
    document.documentElement.dataset.theme = dark ? 'dark' : 'light'
    document.querySelector('meta[name="theme-color"]')?.setAttribute('content', dark ? '#12151A' : '#FBF9F6')
  }
  system.addEventListener('change', apply)
  addEventListener('themechange', apply)
  apply()
})()
