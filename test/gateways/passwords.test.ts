import assert from 'node:assert/strict';
import { hash } from '@node-rs/argon2';
import { isDomainError } from '#domain/errors.ts';
import { createPasswords } from '#gateways/passwords.ts';

describe('passwords', () => {
  const passwords = createPasswords();

  it('are hashed by argon2id with 19 MiB, two passes and one lane, each with its own salt', async () => {
    const [one, other] = await Promise.all([passwords.hash('secret words'), passwords.hash('secret words')]);
    assert.match(one, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    assert.notEqual(one, other);
    assert.equal(await passwords.verify(one, 'secret words'), true);
    assert.equal(await passwords.verify(one, 'secret wordz'), false);
  });

  it('of an account that has none are never right', async () => {
    assert.equal(await passwords.verify(null, 'nobody has this password'), false);
  });

  it('hashed with other parameters are to be hashed anew', async () => {
    assert.equal(passwords.isOutdated(await passwords.hash('secret words')), false);
    assert.equal(passwords.isOutdated(await hash('secret words', { memoryCost: 8_192, timeCost: 1 })), true);
  });

  it('are refused when too many wait, and work again after that', async () => {
    const busy = createPasswords({ mostWaiting: 4 });
    // Its first hash is the one that unknown accounts are checked against: it takes no place once it is there.
    assert.equal(await busy.verify(null, 'secret words'), false);
    const crowd = Array.from({ length: 10 }, () => busy.hash('secret words'));
    const refused = (await Promise.allSettled(crowd)).filter((result) => result.status === 'rejected');
    assert.equal(refused.length, 10 - 2 - 4);
    for (const { reason } of refused) assert.ok(isDomainError(reason, 'unavailable'));
    assert.ok(await busy.hash('secret words'));
  });
});
