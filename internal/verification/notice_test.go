package verification_test

import (
	"testing"

	entverification "roster/ent/generated/verification"
	"roster/internal/settings"
	"roster/internal/verification"
)

// Who sets out for a provider in two windows at once gets one page: what becomes of the other session would be lost.
func TestOneSessionAtOnce(t *testing.T) {
	each(t, func(w *world) {
		w.choose(func(v *settings.Verification) { v.Provider = "ELSEWHERE" })
		if _, err := w.ID.Tell(w.ada, "ELSEWHERE", verification.Secrets{"key": "right"}); err != nil {
			w.Fatal(err)
		}
		w.must(w.ID.Initiate(w.ada, w.eve.ID, ""))
		own := w.As(w.eve)
		w.provider.session = verification.Session{Name: "first", URL: "https://elsewhere.test/first"}
		w.provider.meanwhile = func() {
			w.provider.session = verification.Session{Name: "second", URL: "https://elsewhere.test/second"}
			if url, err := w.ID.Begin(own); err != nil || url != w.provider.session.URL {
				w.Errorf("the other window: %q, %v", url, err)
			}
		}
		url, err := w.ID.Begin(own)
		w.Refused("the window that was overtaken", err, "TRY_LATER")
		if url != "" {
			w.Errorf("it is sent to %q all the same", url)
		}
		if n := w.Count("verifications WHERE session = 'second' AND status = $1", string(entverification.StatusREQUESTED)); n != 1 {
			w.Error("the session that counts is not that of the page that was opened")
		}
	})
}
