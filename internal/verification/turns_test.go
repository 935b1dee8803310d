package verification_test

import (
	"io"
	"testing"

	"roster/ent/generated/verificationfile"
)

// One user whose lines are slow does not hold the places of all others: three of their files come in at once, and the next
// when one of these is done with.
func Test71OneUserDoesNotHoldAllPlaces(t *testing.T) {
	each(t, func(w *world) {
		w.must(w.ID.Initiate(w.ada, w.eve.ID, ""))
		w.order("2", nil, true) // asks Olga
		kinds := []verificationfile.Kind{verificationfile.KindFRONT, verificationfile.KindBACK, verificationfile.KindSELFIE}
		done := make(chan error)
		var lines []*io.PipeWriter
		for _, kind := range kinds {
			from, line := io.Pipe()
			lines = append(lines, line)
			go func() {
				_, err := w.ID.Keep(w.As(w.eve), kind, from)
				done <- err
			}()
			if _, err := line.Write([]byte{0xff}); err != nil { // returns once it is read
				w.Fatal(err)
			}
		}
		_, err := w.ID.Keep(w.As(w.eve), verificationfile.KindFRONT, &unread{w})
		w.Refused("a fourth at once", err, "TRY_LATER")
		w.send(w.olga, verificationfile.KindFRONT, picture(w.T))
		for _, line := range lines {
			line.Close()
			w.Refused("a file of one byte", <-done, "INVALID content")
		}
		w.send(w.eve, verificationfile.KindFRONT, picture(w.T))
	})
}

// unread is a file of which nothing is to be read.
type unread struct{ *world }

func (u *unread) Read([]byte) (int, error) {
	u.Error("it is read")
	return 0, io.EOF
}

// Files that are handed out stand in memory until whoever asked for them took the last byte: one user has a few.
func TestOneUserIsShownAFewFilesAtOnce(t *testing.T) {
	each(t, func(w *world) {
		_, err := w.ID.Show(w.Nobody())
		w.Refused("nobody", err, "UNAUTHENTICATED")
		var hidden []func()
		for range 6 {
			done, err := w.ID.Show(w.As(w.eve))
			if err != nil {
				w.Fatal(err)
			}
			hidden = append(hidden, done)
		}
		_, err = w.ID.Show(w.As(w.eve))
		w.Refused("a seventh", err, "TRY_LATER")
		other, err := w.ID.Show(w.As(w.olga))
		w.Refused("somebody else", err, "")
		other()
		for _, done := range hidden {
			done()
		}
		again, err := w.ID.Show(w.As(w.eve))
		w.Refused("afterwards", err, "")
		again()
	})
}
