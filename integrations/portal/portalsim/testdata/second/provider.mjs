// A second, independent OpenID provider (npm oidc-provider), for the test that the whole sign-in works with one that we did not
// write. The first line on standard input is a list of realms; the answer is one line with their issuers. It ends with its input.

import { createServer } from 'node:http';
import { generateKeyPairSync } from 'node:crypto';
import { createInterface } from 'node:readline';
import Provider from 'oidc-provider';

const quiet = () => {};
console.info = console.warn = quiet; // what it says of its own defaults

function key(kid, type, options, alg) {
  const { privateKey } = generateKeyPairSync(type, options);
  return { ...privateKey.export({ format: 'jwk' }), kid, alg, use: 'sig' };
}

const fields = ['HoVaTen', 'SoDinhDanh', 'NgaySinh', 'GioiTinh', 'LoaiTaiKhoan', 'loAs', 'DiaChi', 'SoDienThoai'];

// settings of one realm: { client, people, acrs }.
function settings(realm, keys) {
  return {
    clients: [realm.client],
    jwks: { keys },
    acrValues: realm.acrs,
    claims: { openid: ['sub', 'acr', 'amr'], profile: ['name'], identity: fields, sid: null, auth_time: null, iss: null },
    conformIdTokenClaims: false, // the person's claims stand in the ID token too
    clientAuthMethods: ['client_secret_basic', 'private_key_jwt'],
    enabledJWA: { idTokenSigningAlgValues: ['RS256', 'PS256', 'ES256'], userinfoSigningAlgValues: ['ES256'] },
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      encryption: { enabled: true },
      jwtUserinfo: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx, form) => { ctx.body = form.replace('</form>', '<input type="hidden" name="logout" value="yes"/></form>'); },
      },
    },
    // It keeps away from addresses of this machine; here is where the service listens.
    fetch: (url, { dispatcher, ...options }) => globalThis.fetch(url, options),
    cookies: { keys: ['only for tests'] },
    findAccount: (ctx, id) => ({ accountId: id, claims: () => ({ sub: id, ...realm.people[id] }) }),
    interactions: { url: (ctx, { uid }) => `/interaction/${uid}` },
    // A client of the house needs nobody's consent.
    loadExistingGrant: async (ctx) => {
      const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
      grant.addOIDCScope('openid profile identity');
      await grant.save();
      return grant;
    },
  };
}

// interaction shows who may sign in, and signs in whoever was chosen, with the factors that the realm has.
function interaction(provider, realm) {
  return async (ctx, next) => {
    if (!ctx.path.startsWith('/interaction/')) return next();
    if (ctx.method !== 'POST') {
      ctx.body = `<form method="post" action="${ctx.path}"><input type="hidden" name="person" value=""></form>`;
      return;
    }
    let body = '';
    for await (const chunk of ctx.req) body += chunk;
    const accountId = new URLSearchParams(body).get('person');
    const login = { accountId, acr: realm.acr, amr: realm.amr, remember: true };
    await provider.interactionFinished(ctx.req, ctx.res, accountId ? { login } : { error: 'access_denied' });
    ctx.respond = false;
  };
}

async function open(realm, keys) {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, settings(realm, keys));
  provider.use(interaction(provider, realm));
  for (const wrong of ['server_error', 'backchannel.error']) provider.on(wrong, (ctx, err) => console.error(err));
  server.on('request', provider.callback());
  return issuer;
}

const lines = createInterface({ input: process.stdin });
lines.once('line', async (line) => {
  const keys = [key('rsa', 'rsa', { modulusLength: 2048 }), key('ec', 'ec', { namedCurve: 'P-256' }, 'ES256')];
  const issuers = [];
  for (const realm of JSON.parse(line)) issuers.push(await open(realm, keys));
  process.stdout.write(JSON.stringify(issuers) + '\n');
});
lines.once('close', () => process.exit(0));
