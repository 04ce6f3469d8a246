/** Loopback addresses to connect from, so that a crowd in one process does not look like one visitor to rate limits. */
const HOSTS = 200

export const loopbackAddress = (index: number) => `127.0.1.${1 + (index % HOSTS)}`
