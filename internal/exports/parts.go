package exports

import (
	"context"
	"time"

	ent "roster/ent/generated"
	"roster/ent/generated/account"
	"roster/ent/generated/apitoken"
	"roster/ent/generated/backupcode"
	"roster/ent/generated/factor"
	entmail "roster/ent/generated/mail"
	"roster/ent/generated/membership"
	"roster/ent/generated/passkey"
	"roster/ent/generated/password"
	"roster/ent/generated/securityanswer"
	entsignin "roster/ent/generated/signin"
	"roster/ent/generated/trusteddevice"
	"roster/ent/generated/user"
	"roster/ent/permission"
	"roster/ent/viewer"
	"roster/internal/audit"
	"roster/internal/mail"
)

// system reads what the viewer has been granted.
func system(ctx context.Context) context.Context { return viewer.ForSystem(ctx, "own data export") }

// moment is nil for the zero time, which stands for "never".
func moment(at time.Time) *time.Time {
	if at.IsZero() {
		return nil
	}
	return &at
}

type profile struct {
	Number        int        `json:"number"`
	FirstName     string     `json:"firstName"`
	LastName      string     `json:"lastName"`
	Email         string     `json:"email"`
	EmailVerified bool       `json:"emailVerified"`
	Language      string     `json:"language"`
	TimeZone      string     `json:"timeZone"`
	State         user.State `json:"state"`
	Role          string     `json:"role,omitempty"`
	TwoFactor     bool       `json:"twoFactorEnabled"`
	LastLoginAt   *time.Time `json:"lastLoginAt"`
	CreatedAt     time.Time  `json:"createdAt"`
	UpdatedAt     time.Time  `json:"updatedAt"`
}

func (o *Own) profile(ctx context.Context) (any, error) {
	u, err := o.service.DB.User.Query().Where(user.ID(o.userID)).WithRole().Only(system(ctx))
	if err != nil {
		return nil, err
	}
	p := profile{
		Number: u.ID, FirstName: u.FirstName, LastName: u.LastName, Email: u.Email, EmailVerified: u.EmailVerified,
		Language: u.Language, TimeZone: u.TimeZone, State: u.State, TwoFactor: u.TwoFactorEnabled,
		LastLoginAt: moment(u.LastLoginAt), CreatedAt: u.CreatedAt, UpdatedAt: u.UpdatedAt,
	}
	if u.Edges.Role != nil {
		p.Role = u.Edges.Role.Name
	}
	return p, nil
}

type question struct {
	Texts map[string]string `json:"texts"`
	SetAt time.Time         `json:"setAt"`
}

// question is nil where none is set. The answer is kept as a hash, and stays out (security.md #38).
func (o *Own) question(ctx context.Context) (any, error) {
	a, err := o.service.DB.SecurityAnswer.Query().Where(securityanswer.UserID(o.userID)).WithQuestion().Only(system(ctx))
	if ent.IsNotFound(err) {
		return nil, nil //nolint:nilnil // none is an answer
	} else if err != nil {
		return nil, err
	}
	return question{a.Edges.Question.Texts, a.SetAt}, nil
}

type linked struct {
	AccountNumber int                  `json:"accountNumber"`
	AccountName   string               `json:"accountName,omitempty"`
	AccountStatus account.Status       `json:"accountStatus,omitempty"`
	Owner         bool                 `json:"owner"`
	Permissions   []permission.Account `json:"permissions"`
	Since         time.Time            `json:"since"`
	EndsAt        *time.Time           `json:"endsAt"`
	LastSeenAt    *time.Time           `json:"lastSeenAt"`
}

func (o *Own) memberships(ctx context.Context) (any, error) {
	rows, err := o.service.DB.Membership.Query().Where(membership.UserID(o.userID)).WithAccount().
		Order(membership.ByID()).All(system(ctx))
	list := make([]linked, len(rows))
	for i, m := range rows {
		list[i] = linked{
			AccountNumber: m.AccountID, Owner: m.Owner, Permissions: []permission.Account{}, Since: m.Since, EndsAt: m.EndsAt,
			LastSeenAt: moment(m.LastSeenAt),
		}
		if a := m.Edges.Account; !m.EndedBy(o.at) { // what the account is called by now is not for who has left it
			list[i].AccountName, list[i].AccountStatus, list[i].Permissions = a.Name, a.Status, m.Held()
		}
	}
	return list, err
}

type session struct {
	Current    bool      `json:"current"`
	Device     string    `json:"device"`
	Address    string    `json:"address"`
	SignedInAt time.Time `json:"signedInAt"`
	SeenAt     time.Time `json:"lastSeenAt"`
	ExpiresAt  time.Time `json:"expiresAt"`
}

func (o *Own) sessions(ctx context.Context) (any, error) {
	byUser, err := o.service.SignIns.SessionsOf(ctx, []int{o.userID})
	list := make([]session, len(byUser[o.userID]))
	for i, s := range byUser[o.userID] {
		list[i] = session{s.Current, s.Device, s.Address, s.CreatedAt, s.SeenAt, s.ExpiresAt}
	}
	return list, err
}

// factors holds what there is to sign in with, without what opens anything.
type factors struct {
	PasswordChangedAt *time.Time      `json:"passwordChangedAt"`
	Authenticators    []authenticator `json:"authenticatorApps"`
	Passkeys          []key           `json:"passkeys"`
	BackupCodesLeft   int             `json:"backupCodesLeft"`
	TrustedDevices    []trusted       `json:"trustedDevices"`
}

type authenticator struct {
	CreatedAt time.Time `json:"createdAt"`
}

type key struct {
	Name       string     `json:"name"`
	CreatedAt  time.Time  `json:"createdAt"`
	LastUsedAt *time.Time `json:"lastUsedAt"`
}

type trusted struct {
	Device     string     `json:"device"`
	Address    string     `json:"address"`
	CreatedAt  time.Time  `json:"createdAt"`
	LastUsedAt *time.Time `json:"lastUsedAt"`
	ExpiresAt  time.Time  `json:"expiresAt"`
}

func (o *Own) factors(ctx context.Context) (any, error) {
	ctx, client := system(ctx), o.service.DB
	f := factors{Authenticators: []authenticator{}, Passkeys: []key{}, TrustedDevices: []trusted{}}
	p, err := client.Password.Query().Where(password.UserID(o.userID)).Only(ctx)
	if err == nil {
		f.PasswordChangedAt = moment(p.ChangedAt)
	} else if !ent.IsNotFound(err) {
		return nil, err
	}
	apps, err := client.Factor.Query().Where(factor.UserID(o.userID)).Order(factor.ByID()).All(ctx)
	if err != nil {
		return nil, err
	}
	for _, a := range apps {
		f.Authenticators = append(f.Authenticators, authenticator{a.CreatedAt})
	}
	keys, err := client.Passkey.Query().Where(passkey.UserID(o.userID)).Order(passkey.ByID()).All(ctx)
	if err != nil {
		return nil, err
	}
	for _, k := range keys {
		f.Passkeys = append(f.Passkeys, key{k.Name, k.CreatedAt, moment(k.LastUsedAt)})
	}
	f.BackupCodesLeft, err = client.BackupCode.Query().Where(backupcode.UserID(o.userID), backupcode.UsedAtIsNil()).Count(ctx)
	if err != nil {
		return nil, err
	}
	devices, err := client.TrustedDevice.Query().Where(trusteddevice.UserID(o.userID)).Order(trusteddevice.ByID()).All(ctx)
	for _, d := range devices {
		f.TrustedDevices = append(f.TrustedDevices, trusted{d.Device, d.Address, d.CreatedAt, moment(d.LastUsedAt), d.ExpiresAt})
	}
	return f, err
}

type token struct {
	Name            string        `json:"name"`
	Kind            apitoken.Kind `json:"kind"`
	CreatedAt       time.Time     `json:"createdAt"`
	ExpiresAt       time.Time     `json:"expiresAt"`
	LastUsedAt      *time.Time    `json:"lastUsedAt"`
	LastUsedAddress string        `json:"lastUsedAddress"`
	RevokedAt       *time.Time    `json:"revokedAt"`
}

func (o *Own) tokens(ctx context.Context) (any, error) {
	list, err := o.service.DB.APIToken.Query().Where(apitoken.MakerID(o.userID)).Order(apitoken.ByID()).All(system(ctx))
	all := make([]token, len(list))
	for i, t := range list {
		all[i] = token{t.Name, t.Kind, t.CreatedAt, t.ExpiresAt, moment(t.LastUsedAt), t.LastUsedAddress, t.RevokedAt}
	}
	return all, err
}

type try struct {
	At      time.Time         `json:"at"`
	Outcome entsignin.Outcome `json:"outcome"`
	Device  string            `json:"device"`
	Address string            `json:"address"`
}

func (o *Own) signIns(ctx context.Context, after int) ([]row, error) {
	list, err := o.service.DB.SignIn.Query().Where(entsignin.UserID(o.userID), entsignin.IDGT(after)).
		Order(entsignin.ByID()).Limit(chunk).All(system(ctx))
	rows := make([]row, len(list))
	for i, s := range list {
		rows[i] = row{s.ID, try{s.At, s.Outcome, s.Device, s.Address}}
	}
	return rows, err
}

type letter struct {
	Kind      string            `json:"kind"`
	To        string            `json:"to"`
	Language  string            `json:"language"`
	Names     map[string]string `json:"names,omitempty"`
	State     entmail.State     `json:"state"`
	CreatedAt time.Time         `json:"createdAt"`
	SentAt    *time.Time        `json:"sentAt"`
}

// mails are those that were written to the user; their links are not kept. A question to an address that the user wants
// is not among them: it is asked of free ones only, so that its row would tell which are (security.md #26).
func (o *Own) mails(ctx context.Context, after int) ([]row, error) {
	list, err := o.service.DB.Mail.Query().
		Where(entmail.UserID(o.userID), entmail.IDGT(after), entmail.KindNEQ(string(mail.ConfirmEmailChange))).
		Order(entmail.ByID()).Limit(chunk).All(system(ctx))
	rows := make([]row, len(list))
	for i, m := range list {
		rows[i] = row{m.ID, letter{m.Kind, m.Recipient, m.Language, m.Params, m.State, m.CreatedAt, m.SentAt}}
	}
	return rows, err
}

func (o *Own) audit(ctx context.Context, after int) ([]row, error) {
	list, err := audit.About(ctx, o.service.DB, after, chunk)
	rows := make([]row, len(list))
	for i, t := range list {
		rows[i] = row{t.ID, t}
	}
	return rows, err
}
