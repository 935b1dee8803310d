// Package permission names what may be asked: the admin permissions that a role holds and the account
// permissions that a membership holds (product.md parts 4 and 5). Plain types, shared by every floor.
package permission

import (
	"encoding/json"
	"fmt"
	"slices"
)

// Admin is something that a role lets staff do. Unknown to the code means held by nobody.
type Admin string

// The admin permissions of product.md part 5.
const (
	ListUsers                   Admin = "LIST_USERS"
	EditUsers                   Admin = "EDIT_USERS"
	ResetUserPassword           Admin = "RESET_USER_PASSWORD"
	SetUserPassword             Admin = "SET_USER_PASSWORD"
	DisableUserTwoFactor        Admin = "DISABLE_USER_TWO_FACTOR"
	DisableUserSecurityQuestion Admin = "DISABLE_USER_SECURITY_QUESTION"
	ManageUserVerification      Admin = "MANAGE_USER_VERIFICATION"
	SuspendUsers                Admin = "SUSPEND_USERS"
	DeleteUsers                 Admin = "DELETE_USERS"
	MergeUsers                  Admin = "MERGE_USERS"
	Masquerade                  Admin = "MASQUERADE"
	ListAccounts                Admin = "LIST_ACCOUNTS"
	EditAccounts                Admin = "EDIT_ACCOUNTS"
	DeleteAccounts              Admin = "DELETE_ACCOUNTS"
	ManageMemberships           Admin = "MANAGE_MEMBERSHIPS"
	ExportData                  Admin = "EXPORT_DATA"
	ImportData                  Admin = "IMPORT_DATA"
	ViewAuditLog                Admin = "VIEW_AUDIT_LOG"
	ViewMailLog                 Admin = "VIEW_MAIL_LOG"
	ConfigureSettings           Admin = "CONFIGURE_SETTINGS"
	ConfigureSecurityQuestions  Admin = "CONFIGURE_SECURITY_QUESTIONS"
	ConfigureMail               Admin = "CONFIGURE_MAIL"
	ConfigureRoles              Admin = "CONFIGURE_ROLES"
	ManageAPITokens             Admin = "MANAGE_API_TOKENS"
	ManageWebhooks              Admin = "MANAGE_WEBHOOKS"
)

// Admins lists every admin permission in the order in which people read them. The order is also the
// bit of each in an AdminSet, which lives in memory only; stored are the names.
var Admins = []Admin{
	ListUsers, EditUsers, ResetUserPassword, SetUserPassword, DisableUserTwoFactor, DisableUserSecurityQuestion,
	ManageUserVerification, SuspendUsers, DeleteUsers, MergeUsers, Masquerade, ListAccounts, EditAccounts,
	DeleteAccounts, ManageMemberships, ExportData, ImportData, ViewAuditLog, ViewMailLog, ConfigureSettings,
	ConfigureSecurityQuestions, ConfigureMail, ConfigureRoles, ManageAPITokens, ManageWebhooks,
}

// Account is something that a membership lets a user do in one account.
type Account string

// The account permissions of product.md part 4.
const (
	Profile        Account = "PROFILE"
	Contacts       Account = "CONTACTS"
	Products       Account = "PRODUCTS"
	ManageProducts Account = "MANAGE_PRODUCTS"
	ProductSSO     Account = "PRODUCT_SSO"
	Domains        Account = "DOMAINS"
	ManageDomains  Account = "MANAGE_DOMAINS"
	Invoices       Account = "INVOICES"
	Quotes         Account = "QUOTES"
	Tickets        Account = "TICKETS"
	Affiliates     Account = "AFFILIATES"
	Emails         Account = "EMAILS"
	Orders         Account = "ORDERS"
	ManageUsers    Account = "MANAGE_USERS"
)

// Accounts lists every account permission in the order in which people read them; an owner holds all.
var Accounts = []Account{
	Profile, Contacts, Products, ManageProducts, ProductSSO, Domains, ManageDomains,
	Invoices, Quotes, Tickets, Affiliates, Emails, Orders, ManageUsers,
}

// Known reports whether p is a permission of this version.
func (p Account) Known() bool { return slices.Contains(Accounts, p) }

// Known reports whether p is a permission of this version.
func (p Admin) Known() bool { return slices.Contains(Admins, p) }

// AdminSet is a set of admin permissions; the zero value holds none.
type AdminSet uint64

// AllAdmin holds every admin permission of this version.
var AllAdmin = SetOf(Admins...)

// SetOf makes a set. Names that this version does not know are left out: they give nothing.
func SetOf(list ...Admin) AdminSet {
	var s AdminSet
	for _, p := range list {
		if i := slices.Index(Admins, p); i >= 0 {
			s |= 1 << i
		}
	}
	return s
}

// Has reports whether p is in the set.
func (s AdminSet) Has(p Admin) bool {
	i := slices.Index(Admins, p)
	return i >= 0 && s&(1<<i) != 0
}

// Covers reports whether every permission of other is in s.
func (s AdminSet) Covers(other AdminSet) bool { return other&^s == 0 }

// Without leaves out the permissions of other.
func (s AdminSet) Without(other AdminSet) AdminSet { return s &^ other }

// List returns the permissions in reading order.
func (s AdminSet) List() []Admin {
	list := make([]Admin, 0, len(Admins))
	for i, p := range Admins {
		if s&(1<<i) != 0 {
			list = append(list, p)
		}
	}
	return list
}

// MarshalJSON writes the names.
func (s AdminSet) MarshalJSON() ([]byte, error) { return json.Marshal(s.List()) }

// UnmarshalJSON reads names; those of a newer version are left out.
func (s *AdminSet) UnmarshalJSON(data []byte) error {
	var list []Admin
	if err := json.Unmarshal(data, &list); err != nil {
		return fmt.Errorf("reading permissions: %w", err)
	}
	*s = SetOf(list...)
	return nil
}
