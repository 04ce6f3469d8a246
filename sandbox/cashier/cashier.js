/** What moves on the payer's pages: they go on by themselves when something was paid. */
const EVERY_MS = 2000
const ONWARD_AFTER_MS = 1500

const { watch, onward, fingerprint } = document.body.dataset
if (onward) setTimeout(() => location.assign(onward), ONWARD_AFTER_MS)
if (watch) repeat(lookAtTrade)
if (fingerprint) repeat(lookAtList)

function repeat(look) {
  setInterval(() => document.hidden || look().catch(() => {}), EVERY_MS)
}

async function lookAtTrade() {
  const answer = await fetch(`/cashier/state?code=${encodeURIComponent(watch)}`)
  const { state, onward: next } = await answer.json()
  if (state === 'waiting') return
  if (next) location.assign(next)
  else location.reload()
}

/** Whoever is typing a code is not disturbed. */
async function lookAtList() {
  if (document.querySelector('input')?.value) return
  const answer = await fetch(`/cashier/fingerprint${location.search}`)
  const now = await answer.json()
  if (now.fingerprint !== fingerprint) location.reload()
}
