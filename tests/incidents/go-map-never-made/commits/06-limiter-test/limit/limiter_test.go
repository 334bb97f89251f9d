package limit

import (
	"testing"
	"time"
)

func TestAWindowThatIsOverStartsAgain(t *testing.T) {
	l := New(1, time.Nanosecond)
	time.Sleep(time.Microsecond)
	if !l.Take("a") {
		t.Fatal("the first call of a window must go on")
	}
}
