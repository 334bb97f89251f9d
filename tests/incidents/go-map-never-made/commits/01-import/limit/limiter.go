// Package limit keeps clients from calling too often.
package limit

import (
	"sync"
	"time"
)

// Limiter allows each client a number of calls per window.
type Limiter struct {
	mu     sync.Mutex
	calls  map[string]int
	allow  int
	window time.Duration
	since  time.Time
}

// New makes a limiter that allows `allow` calls per window.
func New(allow int, window time.Duration) *Limiter {
	return &Limiter{calls: map[string]int{}, allow: allow, window: window, since: time.Now()}
}

// Take counts one call of client and tells whether it may go on.
func (l *Limiter) Take(client string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.roll(time.Now())
	l.calls[client]++
	return l.calls[client] <= l.allow
}

func (l *Limiter) roll(now time.Time) {
	if now.Sub(l.since) < l.window {
		return
	}
	l.calls = map[string]int{}
	l.since = now
}
