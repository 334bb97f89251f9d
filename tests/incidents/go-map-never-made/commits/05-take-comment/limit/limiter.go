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
	burst  int
}

// Option changes a new limiter.
type Option func(*Limiter)

// WithBurst lets a client save up calls of quiet windows.
func WithBurst(calls int) Option {
	return func(l *Limiter) { l.burst = calls }
}

// New makes a limiter that allows `allow` calls per window.
func New(allow int, window time.Duration, options ...Option) *Limiter {
	l := &Limiter{allow: allow, window: window, since: time.Now()}
	for _, option := range options {
		option(l)
	}
	return l
}

// Take counts one call of client and tells whether it may go on. It may be called concurrently.
func (l *Limiter) Take(client string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.roll(time.Now())
	l.calls[client]++
	return l.calls[client] <= l.allow+l.burst
}

func (l *Limiter) roll(now time.Time) {
	if now.Sub(l.since) < l.window {
		return
	}
	l.calls = map[string]int{}
	l.since = now
}
