/** Texts of the players and of uploads. */
export const media = {
  player: {
    label: '播放器：{{title}}',
    play: '播放',
    pause: '暂停',
    goOn: '继续播放',
    again: '再看一遍',
    speed: '播放速度',
    speedNow: '播放速度：{{speed}} 倍',
    place: '播放进度',
    placeOf: '{{at}}，共 {{whole}}',
    waiting: '加载中…',
    offline: '网络断开了，恢复后会接着播放',
    failed: '视频没有播放成功',
    trial: '可试看 {{length}}',
    trialAgain: '重看试看部分',
    playHere: '在这里播放',
    elsewhere: {
      title: '您正在另一台设备上播放',
      text: '同一时间只能在一台设备上播放。在这里播放，另一台会自动暂停。',
    },
    takenOver: {
      title: '已在另一台设备上播放',
      text: '这里已经暂停，进度已保存。想回到这里看，点下面的按钮即可。',
    },
    trialOver: { title: '试看结束了', text: '购买后从这里接着看，进度不会丢。' },
    rightOver: { title: '您现在不能看这节课了', text: '可能是退款、到期，或课程有调整。' },
  },
}
