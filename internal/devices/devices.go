// Package devices names browsers and systems as people know them, by the User-Agent that a browser sends. A browser may
// send whatever it likes: the names are for people, and prove nothing.
package devices

import (
	"regexp"
	"strings"
)

// Device is a browser on a system; what is not recognised is empty.
type Device struct{ Browser, System string }

type sign struct {
	in   *regexp.Regexp
	name string
}

// The first that fits counts: many a browser claims to be all of those after it.
var browsers = []sign{
	{regexp.MustCompile(`Edg(A|iOS)?/`), "Edge"},
	{regexp.MustCompile(`(OPR|OPiOS|OPT)/`), "Opera"},
	{regexp.MustCompile(`SamsungBrowser/`), "Samsung Internet"},
	{regexp.MustCompile(`Vivaldi/`), "Vivaldi"},
	{regexp.MustCompile(`(DuckDuckGo|Ddg)/`), "DuckDuckGo"},
	{regexp.MustCompile(`(Firefox|FxiOS)/`), "Firefox"},
	{regexp.MustCompile(`(Chrome|Chromium|CriOS)/`), "Chrome"},
	{regexp.MustCompile(`Version/.* Safari/`), "Safari"},
}

var systems = []sign{
	{regexp.MustCompile(`iPhone`), "iPhone"},
	{regexp.MustCompile(`iPad`), "iPad"},
	{regexp.MustCompile(`Android`), "Android"},
	{regexp.MustCompile(`Windows`), "Windows"},
	{regexp.MustCompile(`CrOS`), "ChromeOS"},
	{regexp.MustCompile(`Macintosh|Mac OS X`), "macOS"},
	{regexp.MustCompile(`Linux|X11`), "Linux"},
}

// Read names the browser and the system of a User-Agent.
func Read(agent string) Device {
	return Device{Browser: find(browsers, agent), System: find(systems, agent)}
}

func find(list []sign, agent string) string {
	for _, s := range list {
		if s.in.MatchString(agent) {
			return s.name
		}
	}
	return ""
}

var version = regexp.MustCompile(`[0-9][0-9._]*`)

// Same reports whether two User-Agents are those of one kind of device: an update of browser or system makes no other
// one of it. What is not recognised counts by its own words, without versions.
func Same(a, b string) bool {
	one, other := Read(a), Read(b)
	if one != other || one != (Device{}) {
		return one == other
	}
	return strings.EqualFold(version.ReplaceAllString(a, ""), version.ReplaceAllString(b, ""))
}
