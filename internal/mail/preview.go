package mail

import (
	"html/template"
	"log/slog"
	"net/http"
	"strconv"

	"entgo.io/ent/dialect/sql"

	ent "roster/ent/generated"
	entmail "roster/ent/generated/mail"
	"roster/ent/viewer"
	"roster/internal/db"
	"roster/internal/settings"
)

// shown is how many mails the list shows.
const shown = 100

// Preview shows the outbox to whoever develops or tries Roster: the mails with their links. It is for a server that
// nobody else can reach.
type Preview struct {
	DB      *db.DB
	Outbox  *Outbox
	BaseURL string
	// Nonce is what the page's style needs in this answer.
	Nonce func(*http.Request) string
}

var previews = template.Must(template.ParseFS(files, "templates/preview.html"))

// ServeHTTP shows the list, or the mail whose number ends the path.
func (p *Preview) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ctx := viewer.ForSystem(r.Context(), "mail preview")
	if id, err := strconv.Atoi(r.PathValue("id")); err == nil {
		row, err := p.DB.Mail.Get(ctx, id)
		if ent.IsNotFound(err) {
			http.NotFound(w, r)
			return
		}
		p.show(w, r, []*ent.Mail{row}, err)
		return
	} else if r.PathValue("id") != "" {
		http.NotFound(w, r)
		return
	}
	rows, err := p.DB.Mail.Query().Order(entmail.ByID(sql.OrderDesc())).Limit(shown).All(ctx)
	p.show(w, r, rows, err)
}

type previewed struct {
	*ent.Mail
	Letter Letter
	Parts  []part
}

func (p *Preview) show(w http.ResponseWriter, r *http.Request, rows []*ent.Mail, err error) {
	var chosen settings.Settings
	if err == nil {
		chosen, err = settings.Load(viewer.ForSystem(r.Context(), "mail preview"), p.DB.Client)
	}
	list := make([]previewed, len(rows))
	for i := range rows {
		if err != nil {
			break
		}
		list[i].Mail = rows[i]
		list[i].Letter, list[i].Parts, err = p.Outbox.write(rows[i], p.BaseURL, chosen)
	}
	if err != nil {
		slog.ErrorContext(r.Context(), "showing the outbox", "err", err)
		http.Error(w, "The outbox cannot be shown.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	// The client may be gone; there is nobody else to tell.
	_ = previews.Execute(w, map[string]any{"Mails": list, "One": r.PathValue("id") != "", "Nonce": p.Nonce(r)})
}
