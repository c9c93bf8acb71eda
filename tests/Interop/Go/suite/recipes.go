package main

import (
	"context"
	"fmt"
	"math/rand"
	"strconv"
	"sync/atomic"
	"time"

	"go.etcd.io/etcd/clientv3"
	"go.etcd.io/etcd/clientv3/concurrency"
	recipe "go.etcd.io/etcd/contrib/recipes"
)

// together runs n functions at once and returns the first error.
func together(n int, f func(i int) error) error {
	errs := make(chan error, n)
	for i := 0; i < n; i++ {
		go func(i int) { errs <- f(i) }(i)
	}
	var first error
	for i := 0; i < n; i++ {
		if err := <-errs; err != nil && first == nil {
			first = err
		}
	}
	return first
}

func stmKeepsTheSum(ctx context.Context, c *clientv3.Client) error {
	const accounts, start = 10, 100
	for i := 0; i < accounts; i++ {
		if _, err := c.Put(ctx, fmt.Sprintf("account/%d", i), strconv.Itoa(start)); err != nil {
			return err
		}
	}
	err := together(8, func(g int) error {
		random := rand.New(rand.NewSource(int64(g)))
		for n := 0; n < 50; n++ {
			from, to := fmt.Sprintf("account/%d", random.Intn(accounts)), fmt.Sprintf("account/%d", random.Intn(accounts))
			move := func(s concurrency.STM) error {
				if from == to {
					return nil
				}
				a, err := strconv.Atoi(s.Get(from))
				if err != nil {
					return err
				}
				b, err := strconv.Atoi(s.Get(to))
				if err != nil {
					return err
				}
				s.Put(from, strconv.Itoa(a-1))
				s.Put(to, strconv.Itoa(b+1))
				return nil
			}
			if _, err := concurrency.NewSTM(c, move, concurrency.WithIsolation(concurrency.SerializableSnapshot)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	r, err := c.Get(ctx, "account/", clientv3.WithPrefix())
	if err != nil {
		return err
	}
	sum := 0
	for _, kv := range r.Kvs {
		v, err := strconv.Atoi(string(kv.Value))
		if err != nil {
			return err
		}
		sum += v
	}
	if sum != accounts*start {
		return fmt.Errorf("the accounts hold %d", sum)
	}
	return nil
}

func mutexHasOneHolder(ctx context.Context, c *clientv3.Client) error {
	var holders, held int32
	err := together(8, func(int) error {
		s, err := concurrency.NewSession(c, concurrency.WithTTL(10))
		if err != nil {
			return err
		}
		defer s.Close()
		m := concurrency.NewMutex(s, "mutex/many")
		for n := 0; n < 10; n++ {
			if err := m.Lock(ctx); err != nil {
				return err
			}
			if now := atomic.AddInt32(&holders, 1); now != 1 {
				return fmt.Errorf("%d hold the lock", now)
			}
			held++
			atomic.AddInt32(&holders, -1)
			if err := m.Unlock(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil && held != 80 {
		err = fmt.Errorf("held %d times", held)
	}
	return err
}

func mutexOfADeadSession(ctx context.Context, c *clientv3.Client) error {
	dead, err := concurrency.NewSession(c, concurrency.WithTTL(2))
	if err != nil {
		return err
	}
	if err := concurrency.NewMutex(dead, "mutex/dead").Lock(ctx); err != nil {
		return err
	}
	dead.Orphan()
	start := time.Now()
	s, err := concurrency.NewSession(c, concurrency.WithTTL(10))
	if err != nil {
		return err
	}
	defer s.Close()
	if err := concurrency.NewMutex(s, "mutex/dead").Lock(ctx); err != nil {
		return err
	}
	if waited := time.Since(start); waited < time.Second || waited > 10*time.Second {
		return fmt.Errorf("the lock came after %v", waited)
	}
	return nil
}

func election(ctx context.Context, c *clientv3.Client) error {
	var sessions [2]*concurrency.Session
	for i := range sessions {
		s, err := concurrency.NewSession(c, concurrency.WithTTL(10))
		if err != nil {
			return err
		}
		defer s.Close()
		sessions[i] = s
	}
	one, two := concurrency.NewElection(sessions[0], "election"), concurrency.NewElection(sessions[1], "election")
	if err := one.Campaign(ctx, "one"); err != nil {
		return err
	}
	observed := two.Observe(ctx)
	expect := func(value string) error {
		if r := <-observed; len(r.Kvs) != 1 || string(r.Kvs[0].Value) != value {
			return fmt.Errorf("observed %v, not %s", r.Kvs, value)
		}
		return nil
	}
	if err := expect("one"); err != nil {
		return err
	}
	won := make(chan error, 1)
	go func() { won <- two.Campaign(ctx, "two") }()
	if err := one.Proclaim(ctx, "one again"); err != nil {
		return err
	}
	if err := expect("one again"); err != nil {
		return err
	}
	if err := one.Resign(ctx); err != nil {
		return err
	}
	if err := <-won; err != nil {
		return err
	}
	return expect("two")
}

func queue(ctx context.Context, c *clientv3.Client) error {
	q := recipe.NewPriorityQueue(c, "queue")
	for i := 9; i >= 0; i-- {
		if err := q.Enqueue(strconv.Itoa(i), uint16(i)); err != nil {
			return err
		}
	}
	for i := 0; i < 10; i++ {
		v, err := q.Dequeue()
		if err != nil {
			return err
		}
		if v != strconv.Itoa(i) {
			return fmt.Errorf("%s came out in place of %d", v, i)
		}
	}
	return nil
}

func doubleBarrier(ctx context.Context, c *clientv3.Client) error {
	const members = 4
	var inside int32
	return together(members, func(int) error {
		s, err := concurrency.NewSession(c, concurrency.WithTTL(10))
		if err != nil {
			return err
		}
		defer s.Close()
		b := recipe.NewDoubleBarrier(s, "barrier", members)
		atomic.AddInt32(&inside, 1)
		if err := b.Enter(); err != nil {
			return err
		}
		if now := atomic.LoadInt32(&inside); now != members {
			return fmt.Errorf("the barrier opened for %d", now)
		}
		return b.Leave()
	})
}

func readWriteLock(ctx context.Context, c *clientv3.Client) error {
	var readers, writers int32
	return together(6, func(i int) error {
		s, err := concurrency.NewSession(c, concurrency.WithTTL(10))
		if err != nil {
			return err
		}
		defer s.Close()
		l := recipe.NewRWMutex(s, "rwlock")
		for n := 0; n < 5; n++ {
			if i%3 == 0 {
				if err := l.Lock(); err != nil {
					return err
				}
				if atomic.AddInt32(&writers, 1) != 1 || atomic.LoadInt32(&readers) != 0 {
					return fmt.Errorf("a writer is not alone")
				}
				atomic.AddInt32(&writers, -1)
				if err := l.Unlock(); err != nil {
					return err
				}
				continue
			}
			if err := l.RLock(); err != nil {
				return err
			}
			atomic.AddInt32(&readers, 1)
			if atomic.LoadInt32(&writers) != 0 {
				return fmt.Errorf("a reader beside a writer")
			}
			atomic.AddInt32(&readers, -1)
			if err := l.RUnlock(); err != nil {
				return err
			}
		}
		return nil
	})
}
