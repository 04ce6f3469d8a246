/** One course as its viewer has it; looked at again whenever rights change. */
import { useQuery } from '@tanstack/react-query'
import { api } from '../api/api.ts'

export const courseKey = (id: string) => ['course', id]

export const reviewsKey = (courseId: string) => ['reviews', courseId]

export const useCourse = (id: string | undefined) =>
  useQuery({ queryKey: courseKey(id ?? ''), queryFn: () => api.course(id!), enabled: id !== undefined })
