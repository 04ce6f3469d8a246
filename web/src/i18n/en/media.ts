/** Texts of the players and of uploads. */
import type { media as zh } from '../zh/media.ts'

export const media: typeof zh = {
  replay: {
    chapters: 'Chapters',
    said: 'What was said',
    nothingSaid: 'Nobody has said anything yet',
    logFailed: 'What was said could not be loaded. Trying again…',
    somebody: 'Somebody',
    goTo: 'Go to {{time}}',
    preparing: 'The replay is being made ready. A few seconds…',
  },
  player: {
    label: 'Player: {{title}}',
    play: 'Play',
    pause: 'Pause',
    goOn: 'Go on watching',
    again: 'Watch again',
    speed: 'Speed',
    speedNow: 'Speed: {{speed}}×',
    place: 'Place in the video',
    placeOf: '{{at}} of {{whole}}',
    waiting: 'Loading…',
    offline: 'The network is gone. The video goes on once it is back.',
    failed: 'The video could not be played',
    trial: 'trial of {{length}}',
    trialAgain: 'Watch the trial again',
    playHere: 'Play here',
    elsewhere: {
      title: 'You are watching on another device',
      text: 'Only one device plays at a time. Play here, and the other one pauses by itself.',
    },
    takenOver: {
      title: 'Another device is playing now',
      text: 'This one has paused, and your place is kept. Come back here with the button below.',
    },
    trialOver: { title: 'The trial ends here', text: 'Buy the course and go on from this very place.' },
    rightOver: {
      title: 'You cannot watch this lesson any more',
      text: 'It may have been refunded, have run out, or the course has changed.',
    },
  },
  upload: {
    drop: 'Or drop the file here',
    limits: '{{types}}, {{limit}} at most',
    tooLarge: 'This file has {{size}}; at most {{limit}} are taken.',
    empty: 'There is nothing in this file.',
    pause: 'Pause the upload',
    resume: 'Go on with the upload',
    cancel: 'Cancel',
    progress: 'Upload of {{name}}',
    speed: '{{speed}}/s',
    left: 'about {{time}} left',
    status: {
      starting: 'Getting ready…',
      paused: 'Paused. Choose the same file after closing the page, and it goes on.',
      waiting: 'The network is gone. The upload goes on once it is back.',
      checking: 'All of it is there, and is being checked…',
    },
  },
}
