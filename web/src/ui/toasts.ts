/** Short notes at the edge of the screen. */
import { toast } from 'sonner'

export const tell = (text: string) => void toast(text)
