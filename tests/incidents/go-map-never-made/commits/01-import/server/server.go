package server

import (
	"net/http"
	"time"

	"example.com/gateway/limit"
)

// Handler answers calls that are within the limit.
func Handler(next http.Handler) http.Handler {
	limiter := limit.New(100, time.Minute)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !limiter.Take(r.RemoteAddr) {
			http.Error(w, "too many calls", http.StatusTooManyRequests)
			return
		}
		next.ServeHTTP(w, r)
	})
}
