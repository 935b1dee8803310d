// Package activity reads the audit log for the people whom it is about.
package activity

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"entgo.io/ent/dialect/sql"

	ent "roster/ent/generated"
	"roster/ent/generated/account"
	"roster/ent/generated/auditentry"
	"roster/ent/generated/user"
	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/access"
	"roster/internal/audit"
	"roster/internal/db"
	"roster/internal/paging"
)

// actions are what users are told of: what changed in how they sign in and in what is known of them. Sign-ins have a
// history of their own.
var actions = []string{
	string(audit.Registered), string(audit.EmailVerified), string(audit.EmailChangeRequested), string(audit.EmailChanged),
	string(audit.ChangeDisowned), string(audit.UserUpdated), string(audit.PasswordResetSent), string(audit.PasswordReset),
	string(audit.PasswordChanged), string(audit.TwoFactorDisabled), string(audit.AuthenticatorAdded),
	string(audit.AuthenticatorRemoved), string(audit.BackupCodesMade), string(audit.BackupCodeUsed), string(audit.DeviceTrusted),
	string(audit.DeviceTrustRevoked), string(audit.PasskeyAdded), string(audit.PasskeyRenamed), string(audit.PasskeyRemoved),
	string(audit.SecurityQuestionSet), string(audit.SecurityQuestionRemoved), string(audit.SecurityAnswerChecked),
	string(audit.LockCleared), string(audit.SessionEnded), string(audit.OtherSessionsEnded), string(audit.OwnDataExported),
}

// uponTokens are what is done to what the user made.
var uponTokens = []string{string(audit.TokenCreated), string(audit.TokenRotated), string(audit.TokenRevoked)}

// uponProofs are what is done about a user's proof of identity: for them, and for staff who look at proofs.
var uponProofs = []string{
	string(audit.VerificationRequested), string(audit.VerificationBegun), string(audit.VerificationSubmitted),
	string(audit.VerificationFileSeen), string(audit.VerificationDecided), string(audit.VerificationReset),
	string(audit.VerificationExpired), string(audit.VerificationBrought),
}

// byThemselves are what only the user can do, and does before anybody is signed in.
var byThemselves = []string{string(audit.Registered), string(audit.BackupCodeUsed)}

// inAccounts are what is done in accounts to the people in them.
var inAccounts = []string{
	string(audit.MemberAdded), string(audit.MemberUpdated), string(audit.MemberRemoved), string(audit.MemberLeft),
	string(audit.OwnerChanged), string(audit.OwnershipOffered), string(audit.OwnershipOfferWithdrawn), string(audit.InvitationAccepted),
}

// uponAccounts are what those who manage an account's users are told of.
var uponAccounts = append([]string{
	string(audit.AccountCreated), string(audit.AccountUpdated), string(audit.InvitationSent), string(audit.InvitationResent),
	string(audit.InvitationCancelled), string(audit.InvitationDeclined), string(audit.OrderRecorded),
}, inAccounts...)

// Actor is who did something, as people are told.
type Actor string

// The actors.
const (
	// Self is the user whom it was upon.
	Self Actor = "SELF"
	// Member is a member of the account.
	Member Actor = "MEMBER"
	// Staff is a member of staff; which one is for staff alone to know.
	Staff Actor = "STAFF"
	// Other is whoever had a link that was mailed, a program, or the system.
	Other Actor = "OTHER"
)

// Act is something that was done to a user or an account.
type Act struct {
	ID     int
	At     time.Time
	Action audit.Action
	By     Actor
	// ByName is the name of who did it; nil where the viewer may not know, or nobody has it any more.
	ByName *string
	// UserName is the user whom an act upon an account concerns, AccountName the account that an act upon a user was in.
	UserName, AccountName *string
	// Reason is what staff gave as theirs; nil where none is asked for.
	Reason *string

	actorID, userID, accountID int
}

// newestFirst: entries are written as things happen, so the id tells.
var newestFirst = paging.Order{Name: "a", Column: auditentry.FieldID, Desc: true, Kind: paging.Number}

// Page is a page of acts, the newest first.
type Page = paging.Page[*Act]

// Edge is an act in a list.
type Edge = paging.Edge[*Act]

func cursorOf(a *Act) string { return newestFirst.Cursor(nil, a.ID) }

// Service reads what was done.
type Service struct{ DB *db.DB }

// OfUser returns a page of what was done to a user, for themselves and for staff with LIST_USERS; what was done about their
// proof of identity only to those of staff who have MANAGE_USER_VERIFICATION. fault.Required, fault.Invalid: the size of the
// page, or a cursor that is none of this list.
func (s *Service) OfUser(ctx context.Context, userID int, request paging.Request) (*Page, error) {
	slice, err := request.Check(newestFirst)
	if err != nil {
		return nil, err
	}
	if userID == 0 {
		return paging.PageOf(slice, []*Act{}, 0, cursorOf), nil
	}
	if err := access.Personal(ctx, userID, permission.ListUsers); err != nil {
		return nil, err
	}
	told := actions
	if access.Personal(ctx, userID, permission.ManageUserVerification) == nil {
		told = slices.Concat(actions, uponProofs)
	}
	upon := auditentry.And(auditentry.TargetKind(audit.OnUser(userID).Kind), auditentry.TargetID(userID), auditentry.ActionIn(told...))
	concerning := auditentry.And(auditentry.AboutUserID(userID), auditentry.ActionIn(slices.Concat(inAccounts, uponTokens)...))
	return s.page(ctx, slice, userID, func(q *sql.Selector) { auditentry.Or(upon, concerning)(q) })
}

// OfAccount returns a page of what was done to an account and in it. It needs LIST_ACCOUNTS, or MANAGE_USERS in the account.
func (s *Service) OfAccount(ctx context.Context, accountID int, request paging.Request) (*Page, error) {
	slice, err := request.Check(newestFirst)
	if err != nil {
		return nil, err
	}
	if _, err := access.In(ctx, s.DB.Client, accountID, permission.ListAccounts, permission.ManageUsers); err != nil {
		return nil, err
	}
	upon := auditentry.And(auditentry.TargetKind(audit.OnAccount(accountID).Kind), auditentry.TargetID(accountID), auditentry.ActionIn(uponAccounts...))
	return s.page(ctx, slice, accountID, upon)
}

func (s *Service) page(ctx context.Context, slice paging.Slice, of int, which func(*sql.Selector)) (*Page, error) {
	rows, err := s.DB.AuditEntry.Query().Where(which, auditentry.Outcome(audit.Done)).WithDetail().Modify(slice.Apply).
		All(viewer.ForSystem(ctx, "activity"))
	if err != nil {
		return nil, fmt.Errorf("loading activity: %w", err)
	}
	acts := make([]*Act, len(rows))
	for i, row := range rows {
		if acts[i], err = actOf(row); err != nil {
			return nil, err
		}
		if withheld(acts[i].Action) && !viewer.From(ctx).Can(permission.ManageUserVerification) {
			acts[i].Reason = nil
		}
	}
	page := paging.PageOf(slice, acts, of, cursorOf)
	return page, s.name(ctx, page.Rows)
}

// withheld reports whether the reason of an act is for staff alone: users are told why their proof was not accepted, and not
// why staff asked for it or took it back. What is theirs to read of an earlier result stands in the history of their proof.
func withheld(action audit.Action) bool {
	return action != audit.VerificationDecided && slices.Contains(uponProofs, string(action))
}

// name fills in the names that the viewer may know, with two statements however many the acts are.
func (s *Service) name(ctx context.Context, acts []*Act) error {
	var users, accounts []int
	for _, a := range acts {
		users, accounts = append(users, a.actorID, a.userID), append(accounts, a.accountID)
	}
	system := viewer.ForSystem(ctx, "activity")
	people, err := s.DB.User.Query().Where(user.IDIn(users...)).Select(user.FieldID, user.FieldFirstName, user.FieldLastName).All(system)
	if err != nil {
		return fmt.Errorf("loading who acted: %w", err)
	}
	parties, err := s.DB.Account.Query().Where(account.IDIn(accounts...)).Select(account.FieldID, account.FieldName).All(system)
	if err != nil {
		return fmt.Errorf("loading where somebody acted: %w", err)
	}
	names, called := map[int]*string{}, map[int]*string{}
	for _, u := range people {
		name := u.Name()
		names[u.ID] = &name
	}
	for _, a := range parties {
		called[a.ID] = &a.Name
	}
	staff := viewer.From(ctx).IsStaff()
	if !staff {
		if err := s.forget(ctx, accounts, called); err != nil {
			return err
		}
	}
	for _, a := range acts {
		a.UserName, a.AccountName = names[a.userID], called[a.accountID]
		// Who has left an account learns neither what it is called by now, nor who acts there.
		left := !staff && a.accountID != 0 && a.AccountName == nil
		if a.By == Self || a.By == Member && !left || staff {
			a.ByName = names[a.actorID]
		}
	}
	return nil
}

// forget takes the names of accounts away that the viewer is not in: what they are called by now is not for who has left.
func (s *Service) forget(ctx context.Context, accounts []int, called map[int]*string) error {
	links, err := access.Own(ctx, s.DB.Client, accounts)
	if err != nil {
		return err
	}
	for id := range called {
		if l := links[id]; l == nil || !l.Stands() {
			delete(called, id)
		}
	}
	return nil
}

func actOf(row *ent.AuditEntry) (*Act, error) {
	a := &Act{ID: row.ID, At: row.At, Action: audit.Action(row.Action), By: Other, actorID: row.ActorID, userID: row.AboutUserID}
	upon := row.AboutUserID
	switch row.TargetKind {
	case audit.OnAccount(0).Kind:
		a.accountID = row.TargetID
	case audit.OnUser(0).Kind:
		upon = row.TargetID
	}
	switch {
	case row.ActorKind == audit.StaffToken: // a program; who made it is no member, and did not do it themselves
	case row.ActorID != 0 && row.ActorID == upon, row.ActorID == 0 && slices.Contains(byThemselves, row.Action):
		a.By = Self
	case row.ActorKind == string(viewer.Staff):
		a.By = Staff
	case row.Action == string(audit.InvitationDeclined): // whoever holds the link turns it down
	case row.ActorID != 0 && a.accountID != 0:
		a.By = Member
	}
	if row.Edges.Detail == nil { // erased
		return a, nil
	}
	var detail struct {
		Reason string `json:"reason"`
	}
	if err := json.Unmarshal(row.Edges.Detail.Detail, &detail); err != nil {
		return nil, fmt.Errorf("reading the detail of entry %d: %w", row.ID, err)
	}
	if detail.Reason != "" {
		a.Reason = &detail.Reason
	}
	return a, nil
}
