package secret

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"roster/internal/fault"
)

// #2: a few at once, 32 waiting, the next is turned away.
func TestGateIsBoundedAndFair(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(2, 32, 2*time.Second)
		ctx := t.Context()
		for range 2 {
			if err := g.enter(ctx); err != nil {
				t.Fatal(err)
			}
		}
		var order []int
		entered := make(chan int, 32)
		for i := range 32 {
			go func() {
				if err := g.enter(ctx); err != nil {
					t.Errorf("number %d: %v", i, err)
				}
				entered <- i
			}()
			synctest.Wait() // each is in the queue before the next comes
		}
		if err := g.enter(ctx); !fault.Is(err, fault.TryLater) {
			t.Errorf("the 33rd to wait: %v, want TRY_LATER at once", err)
		}
		if len(entered) != 0 {
			t.Errorf("%d more than two are inside", len(entered))
		}
		for i := range 32 {
			g.leave()
			synctest.Wait()
			if len(entered) != 1 {
				t.Fatalf("one left and %d came in", len(entered))
			}
			order = append(order, <-entered)
			if order[i] != i {
				t.Fatalf("served in the order %v", order)
			}
		}
		if g.waiting.Load() != 0 {
			t.Errorf("%d still counted as waiting", g.waiting.Load())
		}
	})
}

// #2: nobody waits for longer than two seconds.
func TestGateLosesPatience(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(1, 32, 2*time.Second)
		if err := g.enter(t.Context()); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		err := g.enter(t.Context())
		f, ok := errors.AsType[*fault.Error](err)
		if !ok || f.Code != fault.TryLater || f.RetryAfter <= 0 {
			t.Errorf("got %v, want TRY_LATER with a time to wait", err)
		}
		if waited := time.Since(start); waited != 2*time.Second {
			t.Errorf("waited %v, want 2s", waited)
		}
		g.leave()
		if err := g.enter(t.Context()); err != nil {
			t.Errorf("who gave up took a slot along: %v", err)
		}
	})
}

func TestGateMindsTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(1, 1, 2*time.Second)
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if err := g.enter(gone); !errors.Is(err, context.Canceled) {
			t.Errorf("with a slot free: %v, want context.Canceled", err)
		}
		if err := g.enterPatiently(gone); !errors.Is(err, context.Canceled) {
			t.Errorf("patiently, with a slot free: %v, want context.Canceled", err)
		}
		if err := g.enter(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, enter := range []func(context.Context) error{g.enter, g.enterPatiently} {
			ctx, cancel := context.WithCancel(t.Context())
			result := make(chan error, 1)
			go func() { result <- enter(ctx) }()
			synctest.Wait()
			cancel()
			if err := <-result; !errors.Is(err, context.Canceled) {
				t.Errorf("got %v, want context.Canceled", err)
			}
		}
		if g.waiting.Load() != 0 {
			t.Error("who went away is still counted")
		}
	})
}

func TestPatientOnesTakeNoRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(1, 1, 2*time.Second)
		if err := g.enter(t.Context()); err != nil {
			t.Fatal(err)
		}
		results := make(chan error, 2)
		go func() { results <- g.enterPatiently(t.Context()) }()
		synctest.Wait()
		<-time.After(time.Hour) // of the bubble's clock: the patient one is still there
		go func() { results <- g.enter(t.Context()) }()
		synctest.Wait()
		if len(results) != 0 {
			t.Fatalf("somebody did not wait: %v", <-results)
		}
		g.leave()
		synctest.Wait()
		g.leave()
		for range 2 {
			if err := <-results; err != nil {
				t.Error(err)
			}
		}
	})
}
