import { bodyOfSuccess, client } from './client'
import { readToken } from './session'
import type { components } from './schema'

export type Welcome = components['schemas']['WelcomeOut']

/** Whom a one-time link is for. The token travels in the body: addresses are logged. */
export async function lookUp(token: string): Promise<Welcome> {
  await readToken()
  return bodyOfSuccess(await client.POST('/api/v1/invitations/look-up', { body: { token } }))
}

export async function choosePassword(token: string, password: string): Promise<Welcome> {
  await readToken()
  return bodyOfSuccess(await client.POST('/api/v1/invitations/password', { body: { token, password } }))
}
