package fleet

import (
	"context"
	"sync"
)

// Each works on all sites, several at a time, and calls done after each of them, for one at a time and in the
// order in which they end. It begins with no further site once the context is done, and waits for those that
// are under way.
func Each[R any](ctx context.Context, sites []Site, workers int, work func(*Site) R, done func(*Site, R)) {
	type ended struct {
		site   *Site
		result R
	}
	next, results := make(chan *Site), make(chan ended)
	go func() {
		defer close(next)
		for i := range sites {
			if ctx.Err() != nil {
				return
			}
			next <- &sites[i]
		}
	}()
	var group sync.WaitGroup
	for range max(1, workers) {
		group.Go(func() {
			for site := range next {
				results <- ended{site, work(site)}
			}
		})
	}
	go func() {
		group.Wait()
		close(results)
	}()
	for r := range results {
		done(r.site, r.result)
	}
}
