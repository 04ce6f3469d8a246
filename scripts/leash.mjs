/** Loaded ahead of a child of these scripts: when the script that started it is gone, however that came, the child stops too. */
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
process.channel?.unref()
