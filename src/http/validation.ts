/** Checks what comes against the schemas of its route. */
import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox'
import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'

type Route = Parameters<typeof TypeBoxValidatorCompiler>[0]

/** Paths and queries are text, made into numbers and the like only where a text does not fit: mostly, it does. */
export function validatorCompiler(route: Route) {
  const asItIs = Compile(route.schema as TSchema)
  const converted = TypeBoxValidatorCompiler(route)
  return (value: unknown) => (asItIs.Check(value) ? { value } : converted(value))
}
