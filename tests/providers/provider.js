// A certified provider on a loopback port, with the forms for development that it brings along: any name and password will do.
// CLIENTS is JSON: a list of clients with client_id, client_secret, redirect_uris and token_endpoint_auth_method.
import Provider from 'oidc-provider';

const { PORT, CLIENTS } = process.env;
const issuer = `http://127.0.0.1:${PORT}`;

// Whoever typed a name is called that.
async function findAccount(_context, sub) {
  const claims = () => ({ sub, preferred_username: sub, name: sub, email: `${sub}@example.com`, email_verified: true });
  return { accountId: sub, claims };
}

const provider = new Provider(issuer, {
  clients: JSON.parse(CLIENTS),
  claims: { openid: ['sub', 'auth_time'], email: ['email', 'email_verified'], profile: ['name', 'preferred_username'] },
  cookies: { keys: ['for the tests alone'] },
  pkce: { required: () => true },
  findAccount,
});

provider.listen(Number(PORT), '127.0.0.1');
