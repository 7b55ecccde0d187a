// A certified OpenID provider as a foreign peer: people, levels, key rotation and back-channel logout.
//
// node server.mjs '{"clients": [...]}': prints {"url": "http://127.0.0.1:PORT"} when it listens, and ends when
// its parent closes stdin. Nobody types a password: POST to the login page says who signed in, and how surely.

import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';
// By its path, to keep one memory when the provider is built anew with another key.
import Memory from './node_modules/oidc-provider/lib/adapters/memory_adapter.js';

const { clients, acrs, claimsParameter } = JSON.parse(process.argv[2]);
const RESOURCE = 'urn:laufzettel:api';
const COOKIE_KEYS = [randomBytes(32).toString('hex')];
const PEOPLE = {
  erika: { given_name: 'Erika', family_name: 'Mustermann', email: 'erika@example.org' },
  paul: { given_name: 'Paul', family_name: 'Prüfer', email: 'paul@example.org' },
};

let keyNumber = 0;
function newKey() {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  keyNumber += 1;
  return { ...privateKey.export({ format: 'jwk' }), kid: `key-${keyNumber}`, use: 'sig', alg: 'ES256' };
}

function build(issuer, keys) {
  const provider = new Provider(issuer, {
    clients,
    adapter: class extends Memory {},
    jwks: { keys },
    acrValues: acrs,
    cookies: { keys: COOKIE_KEYS },
    conformIdTokenClaims: true,
    claims: {
      openid: ['sub'],
      profile: ['given_name', 'family_name', 'assertion_proved_by', 'given_name_level'],
      email: ['email'],
      acr: null,
      auth_time: null,
      sid: null,
    },
    features: {
      devInteractions: { enabled: false },
      claimsParameter: { enabled: claimsParameter },
      backchannelLogout: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: () => ({
          scope: 'apply', audience: RESOURCE, accessTokenFormat: 'jwt', accessTokenTTL: 600, jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
    // It refuses to call back addresses of this machine, which is all a test has.
    fetch: (url, { dispatcher, ...options }) => globalThis.fetch(url, options),
    ttl: { Interaction: 600, Session: 3600, Grant: 3600, IdToken: 600, AccessToken: 600, AuthorizationCode: 60 },
    interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (ctx, id) => ({
      accountId: id,
      claims: () => ({
        sub: id, ...PEOPLE[id], assertion_proved_by: 'eID', given_name_level: acrs[0],
      }),
    }),
    extraTokenClaims: (ctx) => {
      const code = ctx.oidc.entities.AuthorizationCode;
      return code ? { acr: code.acr, auth_time: code.authTime, sid: code.sid } : {};
    },
    // Everybody agrees to everything: what is tested is signing in.
    loadExistingGrant: async (ctx) => {
      const grant = new ctx.oidc.provider.Grant({
        clientId: ctx.oidc.client.clientId,
        accountId: ctx.oidc.session.accountId,
      });
      grant.addOIDCScope('openid profile email');
      grant.addResourceScope(RESOURCE, 'apply');
      await grant.save();
      return grant;
    },
  });
  provider.on('grant.error', (ctx, error) => console.error('grant', error.error_detail));
  provider.on('server_error', (ctx, error) => console.error(error));
  provider.on('backchannel.error', (ctx, error) => console.error('backchannel', error.message, error.cause));
  return { provider, handle: provider.callback() };
}

async function bodyOf(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return new URLSearchParams(Buffer.concat(parts).toString());
}

let keys = [newKey()];
let current;

async function interact(request, response) {
  const { prompt } = await current.provider.interactionDetails(request, response);
  if (request.method === 'GET') {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ prompt: prompt.name, reasons: prompt.reasons }));
    return;
  }
  const form = await bodyOf(request);
  const result = form.get('error')
    ? { error: form.get('error'), error_description: 'said no' }
    : { login: { accountId: form.get('account'), acr: form.get('acr'), remember: true } };
  await current.provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

const server = createServer(async (request, response) => {
  try {
    if (request.method === 'POST' && request.url === '/test/rotate') {
      // The old key is still published, as issuers do for a while; new tokens carry the new one.
      keys = [newKey(), keys[0]];
      current = build(current.provider.issuer, keys);
      response.end();
    } else if (request.url.startsWith('/interaction/')) {
      await interact(request, response);
    } else {
      await current.handle(request, response);
    }
  } catch (error) {
    console.error(error);
    response.statusCode = 500;
    response.end();
  }
});

server.listen(0, '127.0.0.1', () => {
  const url = `http://127.0.0.1:${server.address().port}`;
  current = build(url, keys);
  console.log(JSON.stringify({ url }));
});
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
