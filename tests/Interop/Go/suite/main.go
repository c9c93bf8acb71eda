// The suite uses the Go client of etcd as applications do: everything it checks holds on etcd itself.
// It prints a line for each case and ends with "done N".
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"go.etcd.io/etcd/clientv3"
)

const patience = 60 * time.Second

type testCase struct {
	name string
	run  func(ctx context.Context, c *clientv3.Client) error
}

var endpoints []string

func connect() (*clientv3.Client, error) {
	return clientv3.New(clientv3.Config{
		Endpoints:            endpoints,
		DialTimeout:          5 * time.Second,
		DialKeepAliveTime:    2 * time.Second,
		DialKeepAliveTimeout: time.Second,
	})
}

func runCase(c testCase) error {
	client, err := connect()
	if err != nil {
		return err
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	return c.run(ctx, client)
}

func main() {
	endpoints = os.Args[1:]
	failed := false
	for _, c := range cases {
		start := time.Now()
		if err := runCase(c); err != nil {
			failed = true
			fmt.Printf("not ok %s: %v\n", c.name, err)
			continue
		}
		fmt.Printf("ok %s %v\n", c.name, time.Since(start).Round(time.Millisecond))
	}
	fmt.Printf("done %d\n", len(cases))
	if failed {
		os.Exit(1)
	}
}

var cases = []testCase{
	{"stm keeps the sum", stmKeepsTheSum},
	{"mutex has one holder", mutexHasOneHolder},
	{"mutex of a dead session is given on", mutexOfADeadSession},
	{"election", election},
	{"queue", queue},
	{"double barrier", doubleBarrier},
	{"read and write lock", readWriteLock},
	{"watchers see every event once and in order", watchersSeeEveryEvent},
	{"watch of the past until compaction", watchOfThePast},
	{"leases end unless kept", leasesEndUnlessKept},
	{"leasing cache is never stale", leasingCache},
	{"namespace and ordering", namespaceAndOrdering},
	{"mirror", mirrorAll},
	{"as a control plane stores objects", controlPlane},
	{"maintenance", maintenance},
	{"many callers on one connection", manyCallers},
}
