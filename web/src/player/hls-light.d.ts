/** The smaller build has the same types, of which it says nothing itself. */
declare module 'hls.js/light' {
  export * from 'hls.js'
  export { default } from 'hls.js'
}
