package main

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"time"

	"go.etcd.io/etcd/clientv3"
	"go.etcd.io/etcd/clientv3/leasing"
	"go.etcd.io/etcd/clientv3/mirror"
	"go.etcd.io/etcd/clientv3/namespace"
	"go.etcd.io/etcd/clientv3/ordering"
	"go.etcd.io/etcd/etcdserver/api/v3rpc/rpctypes"
)

func watchersSeeEveryEvent(ctx context.Context, c *clientv3.Client) error {
	const writes, watchers = 300, 40
	start, err := c.Put(ctx, "watched", "")
	if err != nil {
		return err
	}
	seen := make(chan error, 1)
	go func() {
		seen <- together(watchers, func(i int) error {
			options := []clientv3.OpOption{clientv3.WithPrefix(), clientv3.WithRev(start.Header.Revision + 1)}
			if i%2 == 0 {
				options = append(options, clientv3.WithPrevKV())
			}
			if i%3 == 0 {
				options = append(options, clientv3.WithFragment())
			}
			if i%5 == 0 {
				options = append(options, clientv3.WithProgressNotify())
			}
			watching, stop := context.WithCancel(ctx)
			defer stop()
			n := 0
			for r := range c.Watch(watching, "watched/", options...) {
				if err := r.Err(); err != nil {
					return err
				}
				for _, e := range r.Events {
					if want := fmt.Sprintf("watched/%d%c", n/2, "ab"[n%2]); string(e.Kv.Key) != want {
						return fmt.Errorf("%s came in place of %s", e.Kv.Key, want)
					}
					n++
				}
				if n == 2*writes {
					return nil
				}
			}
			return fmt.Errorf("the watch ended after %d events", n)
		})
	}()
	for i := 0; i < writes; i++ {
		a, b := fmt.Sprintf("watched/%da", i), fmt.Sprintf("watched/%db", i)
		if _, err := c.Txn(ctx).Then(clientv3.OpPut(a, "x"), clientv3.OpPut(b, "y")).Commit(); err != nil {
			return err
		}
	}
	return <-seen
}

func watchOfThePast(ctx context.Context, c *clientv3.Client) error {
	var revisions []int64
	for i := 0; i < 10; i++ {
		r, err := c.Put(ctx, "past", strconv.Itoa(i))
		if err != nil {
			return err
		}
		revisions = append(revisions, r.Header.Revision)
	}
	if _, err := c.Compact(ctx, revisions[5], clientv3.WithCompactPhysical()); err != nil {
		return err
	}
	watching, stop := context.WithCancel(ctx)
	defer stop()
	if r := <-c.Watch(watching, "past", clientv3.WithRev(revisions[2])); r.Err() != rpctypes.ErrCompacted || r.CompactRevision != revisions[5] {
		return fmt.Errorf("the watch of a compacted revision answered %v, compacted at %d", r.Err(), r.CompactRevision)
	}
	if r := <-c.Watch(watching, "past", clientv3.WithRev(revisions[6])); len(r.Events) == 0 || string(r.Events[0].Kv.Value) != "6" {
		return fmt.Errorf("the watch of a kept revision answered %v", r)
	}
	if _, err := c.Get(ctx, "past", clientv3.WithRev(revisions[2])); err != rpctypes.ErrCompacted {
		return fmt.Errorf("a read of a compacted revision answered %v", err)
	}
	return nil
}

func leasesEndUnlessKept(ctx context.Context, c *clientv3.Client) error {
	const leases = 100
	for i := 0; i < leases; i++ {
		lease, err := c.Grant(ctx, 2)
		if err != nil {
			return err
		}
		if _, err := c.Put(ctx, fmt.Sprintf("leased/%d", i), "", clientv3.WithLease(lease.ID)); err != nil {
			return err
		}
		if i%2 == 0 {
			kept, err := c.KeepAlive(ctx, lease.ID)
			if err != nil {
				return err
			}
			go func() {
				for range kept {
				}
			}()
		}
	}
	time.Sleep(5 * time.Second)
	r, err := c.Get(ctx, "leased/", clientv3.WithPrefix())
	if err != nil {
		return err
	}
	if r.Count != leases/2 {
		return fmt.Errorf("%d keys are left", r.Count)
	}
	_, err = c.Revoke(ctx, clientv3.LeaseID(r.Kvs[0].Lease))
	return err
}

func leasingCache(ctx context.Context, c *clientv3.Client) error {
	one, closeOne, err := leasing.NewKV(c, "cache/")
	if err != nil {
		return err
	}
	defer closeOne()
	two, closeTwo, err := leasing.NewKV(c, "cache/")
	if err != nil {
		return err
	}
	defer closeTwo()
	for i := 0; i < 30; i++ {
		if _, err := one.Put(ctx, "cached", strconv.Itoa(i)); err != nil {
			return err
		}
		for _, kv := range []clientv3.KV{two, one} {
			if r, err := kv.Get(ctx, "cached"); err != nil || string(r.Kvs[0].Value) != strconv.Itoa(i) {
				return fmt.Errorf("read %v, %v in place of %d", r, err, i)
			}
		}
	}
	return nil
}

func namespaceAndOrdering(ctx context.Context, c *clientv3.Client) error {
	inside := namespace.NewKV(c.KV, "tenant/")
	if _, err := inside.Put(ctx, "key", "value"); err != nil {
		return err
	}
	if r, err := c.Get(ctx, "tenant/key"); err != nil || r.Count != 1 {
		return fmt.Errorf("outside: %v, %v", r, err)
	}
	ordered := ordering.NewKV(c.KV, func(clientv3.Op, clientv3.OpResponse, int64) error { return ordering.ErrNoGreaterRev })
	for i := 0; i < 100; i++ {
		if _, err := inside.Put(ctx, "key", "value"); err != nil {
			return err
		}
		if _, err := ordered.Get(ctx, "tenant/key", clientv3.WithSerializable()); err != nil {
			return err
		}
	}
	return nil
}

func mirrorAll(ctx context.Context, c *clientv3.Client) error {
	const keys = 2500
	for i := 0; i < keys/100; i++ {
		var puts []clientv3.Op
		for j := 0; j < 100; j++ {
			puts = append(puts, clientv3.OpPut(fmt.Sprintf("mirrored/%05d", i*100+j), "value"))
		}
		if _, err := c.Txn(ctx).Then(puts...).Commit(); err != nil {
			return err
		}
	}
	syncer := mirror.NewSyncer(c, "mirrored/", 0)
	base, errs := syncer.SyncBase(ctx)
	n := 0
	for r := range base {
		n += len(r.Kvs)
	}
	if err := <-errs; err != nil {
		return err
	}
	if n != keys {
		return fmt.Errorf("%d keys came", n)
	}
	updates := syncer.SyncUpdates(ctx)
	if _, err := c.Delete(ctx, "mirrored/00001"); err != nil {
		return err
	}
	if r := <-updates; len(r.Events) != 1 || r.Events[0].Type != clientv3.EventTypeDelete {
		return fmt.Errorf("updates: %v", r)
	}
	return nil
}

// controlPlane does what Kubernetes' API server does: guarded writes, lists in pages at one revision, watches with
// the value before, and the compaction that one of several servers wins.
func controlPlane(ctx context.Context, c *clientv3.Client) error {
	key := func(i int) string { return fmt.Sprintf("/registry/pods/default/pod-%03d", i) }
	for i := 0; i < 250; i++ {
		create := c.Txn(ctx).If(clientv3.Compare(clientv3.ModRevision(key(i)), "=", 0)).Then(clientv3.OpPut(key(i), "v1"))
		if r, err := create.Commit(); err != nil || !r.Succeeded {
			return fmt.Errorf("create: %v, %v", r, err)
		}
	}
	const prefix = "/registry/pods/"
	end := clientv3.GetPrefixRangeEnd(prefix)
	var revision, listed int64
	for from, more := prefix, true; more; {
		r, err := c.Get(ctx, from, clientv3.WithRange(end), clientv3.WithLimit(100), clientv3.WithRev(revision))
		if err != nil {
			return err
		}
		if revision == 0 {
			revision = r.Header.Revision
			if r.Count != 250 || !r.More {
				return fmt.Errorf("the first page says %d keys, more %v", r.Count, r.More)
			}
			// A write between two pages must not be seen in the second.
			if _, err := c.Put(ctx, prefix+"z", "later"); err != nil {
				return err
			}
		}
		listed += int64(len(r.Kvs))
		from, more = string(r.Kvs[len(r.Kvs)-1].Key)+"\x00", r.More
	}
	if listed != 250 {
		return fmt.Errorf("%d keys listed", listed)
	}
	watching, stop := context.WithCancel(ctx)
	defer stop()
	events := c.Watch(watching, prefix, clientv3.WithPrefix(), clientv3.WithPrevKV(), clientv3.WithRev(revision+2), clientv3.WithProgressNotify())
	current, err := c.Get(ctx, key(7))
	if err != nil {
		return err
	}
	update := func(value string) (*clientv3.TxnResponse, error) {
		guard := clientv3.Compare(clientv3.ModRevision(key(7)), "=", current.Kvs[0].ModRevision)
		return c.Txn(ctx).If(guard).Then(clientv3.OpPut(key(7), value)).Else(clientv3.OpGet(key(7))).Commit()
	}
	if r, err := update("v2"); err != nil || !r.Succeeded {
		return fmt.Errorf("the first update: %v, %v", r, err)
	}
	if r, err := update("v3"); err != nil || r.Succeeded || string(r.Responses[0].GetResponseRange().Kvs[0].Value) != "v2" {
		return fmt.Errorf("the second update: %v, %v", r, err)
	}
	if r := <-events; len(r.Events) != 1 || !r.Events[0].IsModify() || string(r.Events[0].PrevKv.Value) != "v1" {
		return fmt.Errorf("the watch: %v", r)
	}
	won := 0
	for i := 0; i < 2; i++ {
		guard := clientv3.Compare(clientv3.Version("compact_rev_key"), "=", 0)
		r, err := c.Txn(ctx).If(guard).Then(clientv3.OpPut("compact_rev_key", strconv.FormatInt(revision, 10))).Else(clientv3.OpGet("compact_rev_key")).Commit()
		if err != nil {
			return err
		}
		if r.Succeeded {
			won++
			if _, err := c.Compact(ctx, revision); err != nil {
				return err
			}
		}
	}
	if won != 1 {
		return fmt.Errorf("%d servers won the compaction", won)
	}
	return nil
}

func maintenance(ctx context.Context, c *clientv3.Client) error {
	status, err := c.Status(ctx, endpoints[0])
	if err != nil {
		return err
	}
	if status.DbSize == 0 || status.Leader == 0 || status.RaftIndex == 0 || status.Version == "" {
		return fmt.Errorf("status: %v", status)
	}
	if h, err := c.HashKV(ctx, endpoints[0], 0); err != nil || h.Hash == 0 {
		return fmt.Errorf("hash: %v, %v", h, err)
	}
	snapshot, err := c.Snapshot(ctx)
	if err != nil {
		return err
	}
	// The store, then its SHA-256.
	if n, err := io.Copy(io.Discard, snapshot); err != nil || n%512 != 32 {
		return fmt.Errorf("a snapshot of %d bytes: %v", n, err)
	}
	if _, err := c.Defragment(ctx, endpoints[0]); err != nil {
		return err
	}
	_, err = c.Put(ctx, "large", string(make([]byte, 1600*1024)))
	if err != rpctypes.ErrRequestTooLarge {
		return fmt.Errorf("a value of 1,600 KiB: %v", err)
	}
	return nil
}

func manyCallers(ctx context.Context, c *clientv3.Client) error {
	return together(200, func(g int) error {
		for n := 0; n < 50; n++ {
			key := fmt.Sprintf("callers/%d/%d", g, n)
			if _, err := c.Put(ctx, key, "value"); err != nil {
				return err
			}
			if r, err := c.Get(ctx, key); err != nil || r.Count != 1 {
				return fmt.Errorf("read after write: %v, %v", r, err)
			}
		}
		return nil
	})
}
