package main

import (
	"io"
	"net/http"
	"testing"

	"roster/internal/db"
	"roster/internal/dbtest"
)

// #11: looking at a link, as mail scanners do, uses nothing up: neither its page nor the query behind the page.
func Test11LooksUseNothingUp(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		if r := w.browser().register(application("eve@example.com")); r.refusal() != "" {
			t.Fatal(r.Body)
		}
		verify := w.link("eve@example.com", pleaseConfirm)
		nobody := w.browser()
		nobody.must("requestPasswordReset", requestMutation, map[string]any{"e": "eve@example.com"})
		reset := w.link("eve@example.com", setPassword)
		for range 3 {
			for _, page := range []string{"/verify-email?" + verify, "/reset?" + reset} {
				response, err := nobody.client.Get(w.server.URL + page)
				if err != nil {
					t.Fatal(err)
				}
				_, _ = io.Copy(io.Discard, response.Body)
				response.Body.Close()
				if response.StatusCode != http.StatusOK {
					t.Errorf("%s: %d", page, response.StatusCode)
				}
			}
			if shown := nobody.must("emailVerificationByToken", verifyPreview, map[string]any{"t": verify}); shown["address"] != "eve@example.com" {
				t.Errorf("the verification link shows %v", shown)
			}
			if r := nobody.ask(previewQuery, map[string]any{"t": reset}); r.Data["passwordResetByToken"] == nil {
				t.Errorf("the reset link shows %s", r.Body)
			}
		}
		if n := w.count("one_time_tokens WHERE used_at IS NOT NULL") + w.count("users WHERE email_verified"); n != 0 {
			t.Errorf("%d things happened", n)
		}
		nobody.must("resetPassword", resetMutation, map[string]any{"t": reset, "p": newPassword})
	})
}
