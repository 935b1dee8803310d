package mail

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"maps"
	"slices"
	"strings"
	text "text/template"
	"unicode"

	ent "roster/ent/generated"
	"roster/internal/secret"
	"roster/internal/settings"
)

// Letter is a mail as people read it.
type Letter struct {
	Subject, Text, HTML string
}

//go:embed templates
var files embed.FS

var layout = template.Must(template.ParseFS(files, "templates/layout.html"))

// texts are named language/KIND.
var texts = func() *text.Template {
	set := text.New("").Option("missingkey=error")
	for _, language := range Languages {
		for _, kind := range Kinds {
			content, err := files.ReadFile("templates/" + language + "/" + strings.ToLower(string(kind)) + ".txt")
			if err != nil {
				panic(err)
			}
			text.Must(set.New(language + "/" + string(kind)).Parse(string(content)))
		}
	}
	return set
}()

// Languages are those that texts are written in, as BCP 47 tags; the first stands in for others.
var Languages = []string{"en", "de", "fr", "es", "ar"}

// leftward are those of them that run from right to left.
var leftward = map[string]bool{"ar": true}

// compose writes the mail of a row. Its link is made here and nowhere else: from the sealed nonce, which is gone once
// the mail was sent; the words then stand without it.
func (o *Outbox) compose(row *ent.Mail, baseURL string, chosen settings.Settings) (Letter, error) {
	l, parts, err := o.write(row, baseURL, chosen)
	if err != nil {
		return Letter{}, err
	}
	l.HTML, err = dress(row, l.Subject, parts, chosen)
	return l, err
}

// side is where lines begin. Mail programs know no logical properties, so both are spelled out.
type side struct{ Direction, Start string }

// dress puts the words into the page that all mails share.
func dress(row *ent.Mail, subject string, parts []part, chosen settings.Settings) (string, error) {
	var page bytes.Buffer
	language, sides := known(row.Language), side{"ltr", "left"}
	if leftward[language] {
		sides = side{"rtl", "right"}
	}
	err := layout.Execute(&page, map[string]any{
		"Language": language, "Side": sides, "Subject": subject, "Company": chosen.Company, "Parts": parts,
	})
	if err != nil {
		return "", fmt.Errorf("writing mail %d: %w", row.ID, err)
	}
	return page.String(), nil
}

// write fills in the text, with the link that the mail carries.
func (o *Outbox) write(row *ent.Mail, baseURL string, chosen settings.Settings) (Letter, []part, error) {
	link, err := o.link(row, baseURL)
	if err != nil {
		return Letter{}, nil, err
	}
	return fill(row, link, baseURL, chosen)
}

// fill fills in the text.
func fill(row *ent.Mail, link, baseURL string, chosen settings.Settings) (Letter, []part, error) {
	values := map[string]string{"company": chosen.Company}
	maps.Copy(values, row.Params)
	language := known(row.Language)
	if leftward[language] {
		isolate(values)
	}
	values["site"] = baseURL
	var b strings.Builder
	if err := texts.ExecuteTemplate(&b, language+"/"+row.Kind, values); err != nil {
		return Letter{}, nil, fmt.Errorf("writing mail %d: %w", row.ID, err)
	}
	subject, body, _ := strings.Cut(b.String(), "\n\n")
	if strings.ContainsAny(subject, "\r\n\x00") {
		return Letter{}, nil, fmt.Errorf("writing mail %d: the subject has more than one line", row.ID)
	}
	parts := paragraphs(body, link)
	return Letter{Subject: subject, Text: asText(parts)}, parts, nil
}

// isolate makes each value with letters in it a run of its own, in the direction of its first letter (UAX 9, FSI and
// PDI): a name in Latin letters would otherwise take the marks beside it along. The site's address begins and ends with
// letters and needs none of it, and mail programs would take the marks for a part of the link.
func isolate(values map[string]string) {
	for name, value := range values {
		if strings.ContainsFunc(value, unicode.IsLetter) {
			values[name] = "\u2068" + value + "\u2069"
		}
	}
}

func known(language string) string {
	if slices.Contains(Languages, language) {
		return language
	}
	return Languages[0]
}

func (o *Outbox) link(row *ent.Mail, baseURL string) (string, error) {
	if path, has := pages[Kind(row.Kind)]; has {
		return baseURL + path, nil
	}
	to, has := linked[Kind(row.Kind)]
	if !has {
		return "", nil
	}
	if len(row.SealedNonce) == 0 {
		return "", nil
	}
	nonce, err := o.Keyring.Open(sealPurpose, row.MessageID, row.SealedNonce)
	if err != nil {
		return "", fmt.Errorf("opening the link of mail %d: %w", row.ID, err)
	}
	return baseURL + to.path + "#" + secret.FromNonce(to.purpose, nonce).Plain, nil
}

// part is a paragraph, or a link with the words on its button.
type part struct{ Text, Link string }

// paragraphs reads the body of a text: an empty line ends a paragraph, and one in [brackets] is the link's.
func paragraphs(body, link string) []part {
	var parts []part
	for p := range strings.SplitSeq(strings.TrimSpace(body), "\n\n") {
		p = strings.Join(strings.Fields(p), " ")
		switch {
		case p == "":
		case strings.HasPrefix(p, "[") && strings.HasSuffix(p, "]"):
			parts = append(parts, part{Text: p[1 : len(p)-1], Link: link})
		default:
			parts = append(parts, part{Text: p})
		}
	}
	return parts
}

func asText(parts []part) string {
	lines := make([]string, len(parts))
	for i, p := range parts {
		lines[i] = p.Text
		if p.Link != "" {
			lines[i] += ":\n" + p.Link
		}
	}
	return strings.Join(lines, "\n\n") + "\n"
}
