// What the Node client etcd3 does against a server: node suite.mjs <endpoint>.
// Prints one line per case; asks for a restart of the server with the line "restart" and goes on at the answer.
import assert from 'node:assert/strict';
import { createInterface } from 'node:readline';
import { Etcd3 } from 'etcd3';

const client = new Etcd3({ hosts: process.argv[2] });
const answers = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const prefix = `${Date.now()}-${Math.random()}/`;

async function restartServer() {
  console.log('restart');
  assert.equal((await answers.next()).value, 'restarted');
}

function once(emitter, name) {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`no '${name}' came within 20 s`)), 20_000);
    emitter.once(name, value => { clearTimeout(late); resolve(value); });
  });
}

const cases = {
  async 'put, get and delete'() {
    const ns = client.namespace(`${prefix}kv/`);
    await ns.put('a').value('1');
    await ns.put('b').value(2);
    assert.equal(await ns.get('a').string(), '1');
    assert.equal(await ns.get('b').number(), 2);
    assert.deepEqual(await ns.getAll().strings(), { a: '1', b: '2' });
    assert.deepEqual(await ns.getAll().sort('Key', 'Descend').keys(), ['b', 'a']);
    assert.equal((await ns.put('a').value('3').getPrevious()).value.toString(), '1');
    assert.equal((await ns.delete().key('a')).deleted, '1');
    assert.equal(await ns.get('a'), null);
    assert.equal((await ns.delete().all()).deleted, '1');
    assert.equal((await ns.getAll().count()), 0);
  },

  async 'values of bytes and of every size'() {
    for (const size of [0, 1, 1000, 100_000, 1_000_000]) {
      const value = Buffer.alloc(size, 0xfe);
      await client.put(`${prefix}bytes`).value(value);
      assert.deepEqual(await client.get(`${prefix}bytes`).buffer(), value);
    }
  },

  async 'namespaces do not see each other'() {
    const one = client.namespace(`${prefix}one/`);
    const two = client.namespace(`${prefix}two/`);
    await one.put('k').value('1');
    await two.put('k').value('2');
    assert.equal(await one.get('k').string(), '1');
    assert.equal(await client.get(`${prefix}two/k`).string(), '2');
    await one.delete().all();
    assert.equal(await two.get('k').string(), '2');
  },

  async 'transactions: if, then, else'() {
    const key = `${prefix}txn`;
    const create = value => client.if(key, 'Create', '==', 0).then(client.put(key).value(value)).else(client.get(key)).commit();
    const first = await create('first');
    assert.equal(first.succeeded, true);
    const second = await create('second');
    assert.equal(second.succeeded, false);
    assert.equal(second.responses[0].response_range.kvs[0].value.toString(), 'first');
    const swapped = await client.if(key, 'Value', '==', 'first').and(key, 'Version', '<', 2).then(client.put(key).value('third')).commit();
    assert.equal(swapped.succeeded, true);
    assert.equal(await client.get(key).string(), 'third');
  },

  async 'software transactional memory'() {
    const ns = client.namespace(`${prefix}stm/`);
    await ns.put('n').value('0');
    const add = () => ns.stm({ retries: 200, isolation: 1 }).transact(async tx => tx.put('n').value(String(1 + Number(await tx.get('n').string()))));
    await Promise.all(Array.from({ length: 20 }, add));
    assert.equal(await ns.get('n').number(), 20);
  },

  async 'leases live while they are kept alive'() {
    const lease = client.lease(2);
    await lease.put(`${prefix}lease`).value('x');
    await once(lease, 'keepaliveSucceeded');
    await once(lease, 'keepaliveSucceeded');
    await once(lease, 'keepaliveSucceeded');
    assert.equal(await client.get(`${prefix}lease`).string(), 'x');
    await lease.revoke();
    assert.equal(await client.get(`${prefix}lease`), null);
  },

  async 'a released lease takes its keys with it'() {
    const lease = client.lease(2, { autoKeepAlive: false });
    await lease.put(`${prefix}dies`).value('x');
    const watcher = await client.watch().key(`${prefix}dies`).create();
    const gone = once(watcher, 'delete');
    lease.release();
    await gone;
    await watcher.cancel();
  },

  async 'watchers see puts and deletes, with what was before'() {
    const watcher = await client.watch().prefix(`${prefix}w/`).withPreviousKV().create();
    const put = once(watcher, 'put');
    await client.put(`${prefix}w/a`).value('1');
    assert.equal((await put).value.toString(), '1');
    const deleted = once(watcher, 'delete');
    await client.delete().key(`${prefix}w/a`);
    const [kv, previous] = await deleted.then(value => [value, value]);
    assert.equal(kv.key.toString(), `${prefix}w/a`);
    assert.ok(previous);
    await watcher.cancel();
  },

  async 'many watchers on one stream'() {
    const seen = [];
    const watchers = [];
    for (let i = 0; i < 50; i++) {
      const watcher = await client.watch().key(`${prefix}many/${i}`).create();
      watcher.on('put', kv => seen.push(kv.key.toString()));
      watchers.push(watcher);
    }
    const last = once(watchers[49], 'put');
    for (let i = 0; i < 50; i++) {
      await client.put(`${prefix}many/${i}`).value('x');
    }
    await last;
    assert.equal(seen.length, 50);
    await Promise.all(watchers.map(watcher => watcher.cancel()));
  },

  async 'a watcher survives a restart of the server and misses nothing'() {
    const watcher = await client.watch().key(`${prefix}restart`).create();
    const first = once(watcher, 'put');
    await client.put(`${prefix}restart`).value('before');
    assert.equal((await first).value.toString(), 'before');
    const second = once(watcher, 'put');
    await restartServer();
    for (let attempt = 0; ; attempt++) {
      try {
        await client.put(`${prefix}restart`).value('after');
        break;
      } catch (error) {
        assert.ok(attempt < 50, `the client does not find the server again: ${error}`);
        await new Promise(resolve => setTimeout(resolve, 100));
      }
    }
    assert.equal((await second).value.toString(), 'after');
    await watcher.cancel();
  },

  async 'locks keep others out'() {
    let inside = 0;
    let most = 0;
    await Promise.all(Array.from({ length: 5 }, async () => {
      for (;;) {
        try {
          await client.lock(`${prefix}lock`).ttl(10).do(async () => {
            inside++;
            most = Math.max(most, inside);
            await new Promise(resolve => setTimeout(resolve, 20));
            inside--;
          });
          return;
        } catch (error) {
          if (error.constructor.name !== 'EtcdLockFailedError') throw error;
          await new Promise(resolve => setTimeout(resolve, 10));
        }
      }
    }));
    assert.equal(most, 1);
  },

  async 'elections have one leader, and the next when it resigns'() {
    const election = client.election(`${prefix}election`, 10);
    const one = election.campaign('one');
    await once(one, 'elected');
    assert.equal(await election.leader(), 'one');
    const two = client.election(`${prefix}election`, 10).campaign('two');
    const elected = once(two, 'elected');
    await one.resign();
    await elected;
    assert.equal(await election.leader(), 'two');
    await two.resign();
  },

  async 'errors have their names'() {
    await assert.rejects(() => client.put('').value('x'), error => error.constructor.name === 'GRPCInvalidArgumentError' || /key is not provided/.test(error.message));
    await assert.rejects(() => client.get('x').revision(Number.MAX_SAFE_INTEGER), /future revision/);
    await assert.rejects(() => client.leaseClient.leaseRevoke({ ID: 4711 }), /lease not found/);
  },

  async 'maintenance and cluster'() {
    const status = await client.maintenance.status();
    assert.match(status.version, /^3\./);
    assert.equal((await client.cluster.memberList({})).members.length, 1);
  },
};

let failed = 0;
for (const [name, run] of Object.entries(cases)) {
  try {
    await run();
    console.log(`ok ${name}`);
  } catch (error) {
    failed++;
    console.log(`not ok ${name}: ${String(error.stack).replaceAll('\n', ' | ')}`);
  }
}
client.close();
console.log(`done ${Object.keys(cases).length} cases, ${failed} failed`);
process.exit(failed ? 1 : 0);
