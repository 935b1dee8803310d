package demo

import (
	"bytes"
	cryptorand "crypto/rand"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"iter"
	"math/rand/v2"
	"time"

	"roster/ent/generated/user"
	"roster/ent/generated/verificationfile"
	"roster/ent/generated/verificationstep"
	"roster/internal/verification"
)

const (
	// proofStream is that of proofs of identity: users and accounts stay the same.
	proofStream = 3 * companyStream
	// lastWaiting is the last user whose proof waits to be looked at: more of them would be pictures for nobody.
	lastWaiting = 1000
	// kept is how long pictures stay, from when the sample is made: it is to have some whenever that is.
	kept = 30 * day
)

// proof is how far a user of the sample came with proving who they are. They own an account, and placed an order there.
type proof struct {
	userID, account int
	status          user.Verification
	// byOrder: the order asked for it, and not a member of staff.
	byOrder                                        bool
	requestedAt, submittedAt, decidedAt, expiresAt time.Time
	cause                                          verification.Cause
	reason                                         string
}

// lots are those of a user's 200 with which they may have been asked.
const lots = 24

// lot is what chance says of a user's proof, before anything is known of them: few are asked, and people take long to make.
func (m maker) lot(id int) (r *rand.Rand, ago time.Duration, byOrder bool, n int) {
	r = rand.New(rand.NewPCG(m.Seed, uint64(proofStream+id))) //nolint:gosec // sample data are meant to be foreseeable
	ago = time.Duration(r.IntN(20*24)) * time.Hour
	byOrder = r.IntN(2) == 0
	return r, ago, byOrder, r.IntN(200)
}

// proofOf is that of a user; false: they were never asked.
func (m maker) proofOf(p person) (proof, bool) {
	one := proof{userID: p.id, account: p.id - len(colleagues)}
	if p.role != "" || one.account > m.Accounts || p.state != user.StateACTIVE {
		return one, false
	}
	r, ago, byOrder, n := m.lot(p.id)
	one.byOrder = byOrder
	switch {
	case n < 4:
		one.status = user.VerificationREQUESTED
	case n < 8 && p.id <= lastWaiting:
		one.status = user.VerificationSUBMITTED
	case n < 16:
		one.status, ago = user.VerificationAPPROVED, ago+time.Duration(r.IntN(300))*day
	case n < 20:
		one.status, one.cause, one.reason = user.VerificationREJECTED, verification.Unreadable, "The print can't be read. A picture by daylight helps."
	case n < lots:
		one.status, ago = user.VerificationEXPIRED, ago+500*day
	default:
		return one, false
	}
	one.requestedAt = epoch.Add(-ago - 5*day)
	if one.requestedAt.Before(p.createdAt) || one.requestedAt.Before(companyOf(m.Seed, one.account).createdAt) {
		return one, false // there was nobody to ask then, or nothing to order in
	}
	if one.status == user.VerificationREQUESTED {
		return one, true
	}
	one.submittedAt = one.requestedAt.Add(time.Duration(1+r.IntN(72)) * time.Hour)
	if one.status == user.VerificationSUBMITTED {
		return one, true
	}
	one.decidedAt = one.submittedAt.Add(time.Duration(1+r.IntN(40)) * time.Hour)
	if one.status == user.VerificationEXPIRED {
		one.expiresAt = one.decidedAt.Add(365 * day)
	}
	return one, true
}

// proofs are the rows of a table that proofs of identity have some of.
func (m maker) proofs(rows func(proof) ([][]any, error)) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for id := 1; id <= min(m.Users, m.Accounts+len(colleagues)); id++ {
			if _, _, _, n := m.lot(id); n >= lots {
				continue
			}
			p, err := personOf(m.Seed, id)
			if err != nil {
				yield(nil, err)
				return
			}
			one, asked := m.proofOf(p)
			if !asked {
				continue
			}
			list, err := rows(one)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, row := range list {
				if !yield(row, nil) {
					return
				}
			}
		}
	}
}

// orders are those behind the proofs, and one of staff's in some accounts.
func (m maker) orders() iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for row, err := range m.proofs(func(p proof) ([][]any, error) {
			return [][]any{{fmt.Sprintf("A-%06d", p.account), p.account, p.userID, p.byOrder, p.requestedAt}}, nil
		}) {
			if !yield(row, err) {
				return
			}
		}
		for id := 10; id <= m.Accounts; id += 10 {
			if !yield([]any{fmt.Sprintf("S-%06d", id), id, nil, false, companyOf(m.Seed, id).createdAt.Add(day)}, nil) {
				return
			}
		}
	}
}

var proofColumns = []string{
	"id", "user_id", "status", "provider", "requested_at", "submitted_at", "decided_at", "expires_at", "cause", "reason", "tries", "heard_at",
}

func proofRow(p proof) ([][]any, error) {
	tries := 0
	if p.status == user.VerificationREJECTED {
		tries = 1
	}
	return [][]any{{
		p.userID, p.userID, string(p.status), verification.Manual, p.requestedAt, p.submittedAt, p.decidedAt, p.expiresAt,
		string(p.cause), p.reason, tries, time.Time{},
	}}, nil
}

var stepColumns = []string{"verification_id", "at", "status", "provider", "actor", "actor_id", "cause", "reason"}

// stepRows are the history of a proof, as far as it came.
func stepRows(p proof) (rows [][]any, _ error) {
	step := func(at time.Time, status user.Verification, by verificationstep.Actor, id int, cause verification.Cause, reason string) {
		rows = append(rows, []any{p.userID, at, string(status), verification.Manual, string(by), id, string(cause), reason})
	}
	support := 2 // the second of the colleagues
	if p.byOrder {
		support = 3
	}
	step(p.requestedAt, user.VerificationREQUESTED, verificationstep.ActorSTAFF, support, "", "")
	if !p.submittedAt.IsZero() {
		step(p.submittedAt, user.VerificationSUBMITTED, verificationstep.ActorSELF, p.userID, "", "")
	}
	if p.status == user.VerificationREJECTED {
		step(p.decidedAt, p.status, verificationstep.ActorSTAFF, 1, p.cause, p.reason)
	} else if !p.decidedAt.IsZero() {
		step(p.decidedAt, user.VerificationAPPROVED, verificationstep.ActorSTAFF, 1, "", "")
	}
	if p.status == user.VerificationEXPIRED {
		step(p.expiresAt, p.status, verificationstep.ActorSYSTEM, 0, "", "")
	}
	return rows, nil
}

// shot is one picture of the sample.
type shot struct {
	id      int
	kind    verificationfile.Kind
	name    string
	sentAt  time.Time
	proofOf int
	content []byte
}

// shots are the pictures of those who wait. They are few, and made once for two tables.
func (m maker) shots() ([]shot, error) {
	var list []shot
	for row, err := range m.proofs(func(p proof) ([][]any, error) {
		if p.status != user.VerificationSUBMITTED {
			return nil, nil
		}
		return [][]any{{p}}, nil
	}) {
		if err != nil {
			return nil, err
		}
		p := row[0].(proof)
		for _, kind := range []verificationfile.Kind{verificationfile.KindFRONT, verificationfile.KindBACK, verificationfile.KindSELFIE} {
			content, err := drawn(p.userID, kind)
			if err != nil {
				return nil, err
			}
			list = append(list, shot{len(list) + 1, kind, cryptorand.Text(), p.submittedAt, p.userID, content})
		}
	}
	return list, nil
}

var fileColumns = []string{"id", "name", "verification_id", "kind", "submitted", "media_type", "bytes", "created_at", "purge_at"}

func (m maker) fileRows(shots []shot) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for _, s := range shots {
			row := []any{s.id, s.name, s.proofOf, string(s.kind), true, string(verification.JPEG), len(s.content), s.sentAt, m.now.Add(kept)}
			if !yield(row, nil) {
				return
			}
		}
	}
}

func (m maker) contentRows(shots []shot) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for _, s := range shots {
			sealed, err := m.identity.Seal(s.name, s.content)
			if !yield([]any{s.id, sealed}, err) {
				return
			}
		}
	}
}

// drawn is a picture that shows what it stands for: a card with a photo and print, its back with bars, or a face.
func drawn(userID int, kind verificationfile.Kind) ([]byte, error) {
	const width, height = 640, 400
	p := image.NewRGBA(image.Rect(0, 0, width, height))
	fill := func(r image.Rectangle, c color.Color) { draw.Draw(p, r, image.NewUniform(c), image.Point{}, draw.Src) }
	tint := color.RGBA{uint8(140 + userID*37%100), uint8(140 + userID*59%100), uint8(150 + userID*83%100), 255} //nolint:gosec // below 256
	dark := color.RGBA{50, 56, 70, 255}
	fill(p.Bounds(), color.RGBA{235, 235, 230, 255})
	if kind == verificationfile.KindSELFIE {
		disc(p, image.Pt(width/2, height), 190, dark)
		disc(p, image.Pt(width/2, 170), 110, tint)
	} else {
		fill(image.Rect(40, 40, width-40, height-40), tint)
	}
	for line := range 5 {
		y := 90 + line*50
		if kind == verificationfile.KindFRONT {
			fill(image.Rect(260, y, 260+120+(userID*(line+3)*29)%200, y+14), dark)
		} else if kind == verificationfile.KindBACK {
			fill(image.Rect(70+line*100, 80, 70+line*100+20+(userID*(line+1)*13)%60, height-80), dark)
		}
	}
	if kind == verificationfile.KindFRONT {
		fill(image.Rect(70, 90, 220, 300), color.RGBA{245, 245, 240, 255})
		disc(p, image.Pt(145, 180), 50, dark)
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, p, nil); err != nil {
		return nil, fmt.Errorf("drawing a sample picture: %w", err)
	}
	return b.Bytes(), nil
}

// disc draws one, as far as it is in the picture.
func disc(p *image.RGBA, centre image.Point, radius int, c color.RGBA) {
	for y := centre.Y - radius; y <= centre.Y+radius; y++ {
		for x := centre.X - radius; x <= centre.X+radius; x++ {
			if dx, dy := x-centre.X, y-centre.Y; dx*dx+dy*dy <= radius*radius && image.Pt(x, y).In(p.Rect) {
				p.SetRGBA(x, y, c)
			}
		}
	}
}
