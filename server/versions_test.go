package main

import (
	"testing"

	"roster/ent/permission"
	"roster/internal/db"
	"roster/internal/dbtest"
)

// Whoever changes what somebody else has changed since they read it is told so, with what is there now; nothing changes.
// Of two at once one is done.
func TestConflictsShowWhatIsThere(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.staff("Ada", "ada@example.com", permission.Admins...)
		a := w.account("Acme", w.user("Eve", "Moore", "eve@example.com"))
		tom := w.user("Tom", "Moore", "tom@example.com")
		ada := w.browser().signIn("ada@example.com").confirm()
		idOf := func(made map[string]any, field string) string {
			t.Helper()
			object, _ := made[field].(map[string]any)
			id, _ := object["id"].(string)
			return id
		}
		template := idOf(ada.must("createPermissionTemplate", `mutation { createPermissionTemplate(input: {name: "Day shift", permissions: [ORDERS]}) { template { id } userErrors { code } } }`, nil), "template")
		question := idOf(ada.must("createSecurityQuestion", `mutation { createSecurityQuestion(input: {texts: [{language: "en", text: "Pet?"}]}) { question { id } userErrors { code } } }`, nil), "question")
		link := idOf(ada.must("associateUser", `mutation($a: ID!, $u: ID!) { associateUser(input: {accountId: $a, userId: $u, permissions: [ORDERS], sendInvitation: false}) {
			membership { id } userErrors { code } } }`, map[string]any{"a": a.GlobalID(), "u": tom.GlobalID()}), "membership")
		const fields = ` userErrors { field code } } }`
		for name, c := range map[string]struct {
			field, mutation string
			// first and second are two changes of the same; present is what the second one is told.
			first, second map[string]any
			present       func(payload map[string]any) any
			want          string
		}{
			"settings": {
				"updateSettings", `mutation($i: UpdateSettingsInput!) { updateSettings(input: $i) { present { company version }` + fields,
				map[string]any{"company": "First"}, map[string]any{"company": "Second"},
				func(p map[string]any) any { return p["company"] }, "First",
			},
			"a template": {
				"updatePermissionTemplate", `mutation($i: UpdatePermissionTemplateInput!) { updatePermissionTemplate(input: $i) { present { name version }` + fields,
				map[string]any{"templateId": template, "name": "First"}, map[string]any{"templateId": template, "permissions": []string{"EMAILS"}},
				func(p map[string]any) any { return p["name"] }, "First",
			},
			"a question": {
				"updateSecurityQuestion", `mutation($i: UpdateSecurityQuestionInput!) { updateSecurityQuestion(input: $i) { present { text version }` + fields,
				map[string]any{"questionId": question, "texts": []any{map[string]any{"language": "en", "text": "First?"}}},
				map[string]any{"questionId": question, "texts": []any{map[string]any{"language": "en", "text": "Second?"}}},
				func(p map[string]any) any { return p["text"] }, "First?",
			},
			"a membership": {
				"updateMembershipPermissions", `mutation($i: UpdateMembershipPermissionsInput!) { updateMembershipPermissions(input: $i) { present { permissions version }` + fields,
				map[string]any{"membershipId": link, "permissions": []string{"EMAILS"}}, map[string]any{"membershipId": link, "permissions": []string{"TICKETS"}},
				func(p map[string]any) any { list, _ := p["permissions"].([]any); return list[0] }, "EMAILS",
			},
		} {
			t.Run(name, func(t *testing.T) {
				with := func(input map[string]any, version int) map[string]any {
					all := map[string]any{"version": version}
					for k, v := range input {
						all[k] = v
					}
					return map[string]any{"i": all}
				}
				ada.must(c.field, c.mutation, with(c.first, 1))
				r := ada.ask(c.mutation, with(c.second, 1))
				payload, _ := r.Data[c.field].(map[string]any)
				present, _ := payload["present"].(map[string]any)
				if r.refusal() != "CONFLICT version" || present["version"] != 2. || c.present(present) != c.want {
					t.Fatalf("too late: %s", r.Body)
				}
				if r := ada.ask(c.mutation, map[string]any{"i": c.second}); r.refusal() != "" {
					t.Errorf("whatever is there: %s", r.Body)
				}
				first := func(int) map[string]any { return with(c.first, 3) }
				if got := atOnce(same(4, ada), c.mutation, first); got[""] != 1 || got["CONFLICT version"] != 3 {
					t.Errorf("four at once: %v", got)
				}
			})
		}
		// Of several memberships, those that are out of date are told.
		r := ada.ask(`mutation($c: [UpdateMembershipPermissionsInput!]!) { saveMemberships(input: {changes: $c}) { present { id version }`+fields,
			map[string]any{"c": []any{map[string]any{"membershipId": link, "permissions": []string{"ORDERS"}, "version": 1}}})
		payload, _ := r.Data["saveMemberships"].(map[string]any)
		list, _ := payload["present"].([]any)
		if r.refusal() != "CONFLICT changes 0 version" || len(list) != 1 || list[0].(map[string]any)["version"] != 4. {
			t.Errorf("several: %s", r.Body)
		}
		// An order of other questions than there are is out of date.
		r = ada.ask(`mutation { reorderSecurityQuestions(input: {questionIds: []}) { present { id }`+fields, nil)
		payload, _ = r.Data["reorderSecurityQuestions"].(map[string]any)
		list, _ = payload["present"].([]any)
		if r.refusal() != "CONFLICT questionIds" || len(list) != 1 || list[0].(map[string]any)["id"] != question {
			t.Errorf("an order: %s", r.Body)
		}
	})
}
