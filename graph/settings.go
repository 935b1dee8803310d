package graph

import (
	"roster/graph/generated/model"
	"roster/internal/questions"
	"roster/internal/settings"
)

// settingsChange reads what is to be different; absent members stay nil.
func settingsChange(input model.UpdateSettingsInput) settings.Change {
	change := settings.Change{
		Company: input.Company, Registration: input.Registration, TrustedDevices: input.TrustedDevices,
		DisableClientUserManagement: input.DisableClientUserManagement, StrictInvitations: input.StrictInvitations,
		InvitationDays: input.InvitationDays, Version: input.Version,
	}
	if input.LockedProfile != nil {
		change.LockedProfile = &input.LockedProfile
	}
	if budget := input.APIBudget; budget != nil {
		change.APIBudget = settings.BudgetChange{Points: budget.Points, Minutes: budget.Minutes}
	}
	if rule := input.IdentityVerification; rule != nil {
		change.Verification = settings.VerificationChange{
			Enabled: rule.Enabled, Provider: rule.Provider, ApprovalDays: rule.ApprovalDays, Tries: rule.Tries,
			SecondReviewer: rule.SecondReviewer, KeepDays: rule.KeepDays,
		}
	}
	if rule := input.TwoFactor; rule != nil {
		change.TwoFactor = settings.RuleChange{
			Staff: rule.Staff, Owners: rule.Owners, Everyone: rule.Everyone, GraceDays: rule.GraceDays,
		}
	}
	return change
}

// wordings are the texts of a question as the input holds them.
func wordings(input []*questions.Wording) []questions.Wording {
	list := make([]questions.Wording, len(input))
	for i, w := range input {
		list[i] = *w
	}
	return list
}
