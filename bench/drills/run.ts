/** What is broken on purpose, by name: `npm run drill -- [NAME …] [--json]`. */
import { command, type Measured } from '../command.ts'
import { nodeKill, workerKill } from './kills.ts'
import { postgresStop, redisStop } from './outages.ts'

const drills: Measured[] = [workerKill, nodeKill, redisStop, postgresStop]

await command('drill', drills, [
  '  --rounds=N    how often something is killed',
  '  --seconds=N   how long something is gone; a minute unless said',
])
