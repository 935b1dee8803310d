package signin

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"entgo.io/ent/dialect/sql"

	ent "roster/ent/generated"
	"roster/ent/generated/signin"
	"roster/ent/viewer"
	"roster/internal/devices"
	"roster/internal/fault"
	"roster/internal/paging"
)

// newestFirst is the order of a user's sign-ins: they are written as they happen, so the id tells.
var newestFirst = paging.Order{Name: "s", Column: signin.FieldID, Desc: true, Kind: paging.Number}

// Try is one try to sign in, as the user's own history shows it.
type Try struct{ *ent.SignIn }

// Browser is what the try was made with, empty when it is not recognised.
func (t *Try) Browser() string { return devices.Read(t.Device).Browser }

// System is what the browser runs on, empty when it is not recognised.
func (t *Try) System() string { return devices.Read(t.Device).System }

// History is a page of one user's sign-ins, the newest first.
type History struct {
	Tries                []*Try
	HasPrevious, HasNext bool
	// UserID is whose sign-ins these are.
	UserID int
}

// HistoryEdge is a try in a list.
type HistoryEdge struct{ Node *Try }

// Cursor is where the try stands in the list.
func (e HistoryEdge) Cursor() string { return cursorOf(e.Node) }

func cursorOf(t *Try) string { return newestFirst.Cursor(nil, t.ID) }

// Nodes are the tries of the page.
func (h *History) Nodes() []*Try { return h.Tries }

// Edges are the tries of the page, with their cursors.
func (h *History) Edges() []HistoryEdge {
	edges := make([]HistoryEdge, len(h.Tries))
	for i, t := range h.Tries {
		edges[i] = HistoryEdge{Node: t}
	}
	return edges
}

// PageInfo says where the page stands in its list.
func (h *History) PageInfo() paging.Info {
	return paging.InfoOf(h.Tries, h.HasPrevious, h.HasNext, cursorOf)
}

// TotalCountIsEstimate is false: one user's sign-ins are counted exactly.
func (*History) TotalCountIsEstimate() bool { return false }

// since is from when on the history shows sign-ins; what is older waits to be purged.
func (s *Service) since() time.Time { return s.now().Add(-historyLasts) }

// HistoriesOf returns the newest sign-ins of each user, as far as the viewer may see them, with one statement however
// many the users are. fault.Invalid: the size of the page.
func (s *Service) HistoriesOf(ctx context.Context, userIDs []int, first int) (map[int]*History, error) {
	slice, err := paging.Request{First: &first}.Check(newestFirst)
	if err != nil {
		return nil, err
	}
	pages := make(map[int]*History, len(userIDs))
	userIDs = visible(ctx, userIDs)
	if len(userIDs) == 0 {
		return pages, nil
	}
	rows, err := s.DB.SignIn.Query().
		Where(func(q *sql.Selector) { q.Where(sql.In(q.C(signin.FieldID), newest(q, userIDs, s.since(), first+1))) }).
		Order(signin.ByID(sql.OrderDesc())).
		All(viewer.ForSystem(ctx, "sign-ins of visible users"))
	if err != nil {
		return nil, fmt.Errorf("loading sign-ins: %w", err)
	}
	byUser := make(map[int][]*Try, len(userIDs))
	for _, row := range rows {
		byUser[row.UserID] = append(byUser[row.UserID], &Try{row})
	}
	for _, id := range userIDs {
		h := &History{UserID: id}
		h.Tries, h.HasPrevious, h.HasNext = paging.Cut(slice, byUser[id])
		pages[id] = h
	}
	return pages, nil
}

// newest selects the ids of the newest sign-ins of each user: as many index look-ups as users, each of a bounded length,
// however many tries somebody made in a user's name.
func newest(q *sql.Selector, userIDs []int, since time.Time, most int) *sql.Selector {
	build := sql.Dialect(q.Dialect())
	var all *sql.Selector
	for i, id := range userIDs {
		t := sql.Table(signin.Table)
		own := build.Select(t.C(signin.FieldID)).From(t).
			Where(sql.And(sql.EQ(t.C(signin.FieldUserID), id), sql.GT(t.C(signin.FieldAt), since))).
			OrderBy(sql.Desc(t.C(signin.FieldID))).Limit(most).
			As("u" + strconv.Itoa(i))
		part := build.Select(signin.FieldID).From(own)
		if all == nil {
			all = part
			continue
		}
		all.UnionAll(part)
	}
	return all
}

// FurtherHistory returns a page of one user's sign-ins from a cursor on. fault.NotFound: the viewer may not see them.
// fault.Invalid: the size of the page, or a cursor that is none of this list.
func (s *Service) FurtherHistory(ctx context.Context, userID, first int, after string) (*History, error) {
	slice, err := paging.Request{First: &first, After: &after}.Check(newestFirst)
	if err != nil {
		return nil, err
	}
	if len(visible(ctx, []int{userID})) == 0 {
		return nil, fault.Gone("user")
	}
	rows, err := s.DB.SignIn.Query().
		Where(signin.UserID(userID), signin.AtGT(s.since())).
		Modify(slice.Apply).
		All(viewer.ForSystem(ctx, "sign-ins of visible users"))
	if err != nil {
		return nil, fmt.Errorf("loading sign-ins: %w", err)
	}
	tries := make([]*Try, len(rows))
	for i, row := range rows {
		tries[i] = &Try{row}
	}
	h := &History{UserID: userID}
	h.Tries, h.HasPrevious, h.HasNext = paging.Cut(slice, tries)
	return h, nil
}

// CountHistories returns how many sign-ins the history of each user has, as far as the viewer may see them.
func (s *Service) CountHistories(ctx context.Context, userIDs []int) (map[int]int, error) {
	userIDs = visible(ctx, userIDs)
	var rows []struct {
		UserID int `json:"user_id"`
		Count  int `json:"count"`
	}
	err := s.DB.SignIn.Query().Where(signin.UserIDIn(userIDs...), signin.AtGT(s.since())).
		GroupBy(signin.FieldUserID).Aggregate(ent.Count()).Scan(viewer.ForSystem(ctx, "sign-ins of visible users"), &rows)
	if err != nil {
		return nil, fmt.Errorf("counting sign-ins: %w", err)
	}
	counts := make(map[int]int, len(userIDs))
	for _, id := range userIDs {
		counts[id] = 0
	}
	for _, row := range rows {
		counts[row.UserID] = row.Count
	}
	return counts, nil
}
