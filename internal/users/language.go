package users

import (
	"golang.org/x/text/language"

	"roster/internal/mail"
)

// Languages are those of interface and mails, as BCP 47 tags. The first is the default.
var Languages = mail.Languages

var spoken = func() language.Matcher {
	tags := make([]language.Tag, len(Languages))
	for i, tag := range Languages {
		tags[i] = language.MustParse(tag)
	}
	return language.NewMatcher(tags)
}()

// LanguageFor is the language of this installation that suits an Accept-Language header best (RFC 9110, 12.5.4).
func LanguageFor(header string) string {
	if header == "" {
		return Languages[0]
	}
	_, i := language.MatchStrings(spoken, header)
	return Languages[i]
}
